// The words that names and questions are made of.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace entrain {

/// Words of a text in their order, small, in the singular, and as the library spells them: "BD_Haus-01" is
/// kick, haus; "Open HiHats" is open, hat. Words end at anything that is neither a letter nor (as part of
/// UTF-8) a byte from 128, between small and capital letters, and at digits. Numbers are no words, but for
/// drum machines' (808, 909...), nor are single letters and what says nothing of a sound ("the", "wav").
/// Pure; any bytes.
std::vector<std::string> words_in(std::string_view text);

struct PathWords {
  std::vector<std::string> name;     ///< of the file, without its extension
  std::vector<std::string> folders;  ///< of the folders it is in
};

PathWords words_of_path(std::string_view path);

}  // namespace entrain
