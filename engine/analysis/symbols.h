// Seed 2's symbols: what the energy of a part of a sound looks like, as a note.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

namespace entrain {

enum class Symbol { strong, active, moving, stable, quiet };
inline constexpr std::size_t kSymbols = 5;

/// "♬", "♫", "♪", "𝄞", "♩" (UTF-8).
std::string_view text_of(Symbol symbol);
/// "strong", "active", "moving", "stable", "quiet".
std::string_view name_of(Symbol symbol);

/// The seed's thresholds. All in dB, where 0 is the loudest and -80 nothing; the variance in dB squared:
/// strong where the peak lies above -16, else active where the mean lies above -32, else moving where the
/// variance exceeds 40, else stable where the mean lies above -56, else quiet.
Symbol symbol_of(float mean, float peak, float variance);
/// Of the levels themselves; quiet where there are none.
Symbol symbol_of(std::span<const float> levels);

/// Levels in dB below the loudest, -80 to 0; bin after bin of one frame, frame after frame.
struct DecibelSpectrogram {
  std::size_t bins = 0, frames = 0;
  std::vector<float> levels;

  float at(std::size_t bin, std::size_t frame) const { return levels[frame * bins + bin]; }
};

/// The seed's: magnitudes of 2048 samples under a Hann window every 512, centred. It looks at sounds of 22050
/// Hz. Silence is -80 everywhere (the seed's is 0). Pure; finite for any sound; not realtime-safe.
DecibelSpectrogram decibel_spectrogram(std::span<const float> sound);

/// Rows from the lowest frequencies up.
struct SymbolGrid {
  int width = 0, height = 0;
  std::vector<Symbol> cells;  ///< row after row

  Symbol at(int x, int y) const { return cells[static_cast<std::size_t>(y * width + x)]; }
};

/// A spectrogram in equal parts, a symbol each, as the seed cuts it: every part has bins / height by frames /
/// width values, rounded down; what is left over at the top and at the end is not looked at. Where the seed
/// fails, because there are fewer frames (or bins) than parts, neighbouring parts share them. A spectrogram
/// without frames is quiet.
SymbolGrid symbol_grid(const DecibelSpectrogram& spectrogram, int width = 32, int height = 16);

}  // namespace entrain
