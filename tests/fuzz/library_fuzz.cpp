// Opens libraries with bytes exchanged where the input says so (three bytes each), and uses them as a session
// does. Whatever the file holds, it is read or moved aside.
#include <stdlib.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "engine/library/library.h"

using namespace entrain;
namespace fs = std::filesystem;

namespace {

struct Workshop {
  Workshop() {
    std::string name = (fs::temp_directory_path() / "entrain-fuzz-XXXXXX").string();
    dir = ::mkdtemp(name.data());
    Pcm pcm;
    pcm.rate = 8'000;
    pcm.left.assign(8'000, 0.25f);
    pcm.right = pcm.left;
    const Analysis analysis = analyse(pcm);
    {
      auto made = Library::open(dir / "library.db");
      if (!made) std::abort();
      for (const char* path : {"/a.wav", "/b.wav", "/c.wav"})
        if (!made->library.store(path, {1, 2}, 3, analysis)) std::abort();
      if (!made->library.correct("/b.wav", {"bpm", "100"}) || !made->library.add_folder("/")) std::abort();
    }
    std::ifstream in(dir / "library.db", std::ios::binary);
    whole = {std::istreambuf_iterator<char>(in), {}};
  }
  ~Workshop() {
    std::error_code ignored;
    fs::remove_all(dir, ignored);
  }
  fs::path dir;
  std::string whole;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const Workshop shop;
  std::string bytes = shop.whole;
  for (std::size_t i = 0; i + 2 < size; i += 3) {
    // Most damage lies in the first pages, where the structure is.
    const auto at = (std::size_t{data[i]} << 8 | data[i + 1]) * (i % 2 == 0 ? 1 : 3) % bytes.size();
    bytes[at] = static_cast<char>(data[i + 2]);
  }
  const fs::path room = shop.dir / "try";
  fs::create_directories(room);
  std::ofstream(room / "library.db", std::ios::binary) << bytes;
  if (auto opened = Library::open(room / "library.db")) {
    Library& library = opened->library;
    static_cast<void>(library.generation());
    static_cast<void>(library.folders());
    static_cast<void>(library.known());
    static_cast<void>(library.places());
    for (const char* path : {"/a.wav", "/b.wav"}) static_cast<void>(library.find(path));
    if (const auto cards = library.cards())
      for (const Card& card : *cards)
        if (!(card.bpm >= 0 && card.bpm <= 1000) || (card.key && (card.key->root < 0 || card.key->root > 11)))
          std::abort();
    static_cast<void>(library.correct("/a.wav", {"key", "Am"}));
    static_cast<void>(library.remove("/c.wav"));
  }
  fs::remove_all(room);
  return 0;
}
