// The library: what is known of every sound of the performer's, kept on disk (SQLite).
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/core/result.h"
#include "engine/library/card.h"
#include "engine/library/corrections.h"

namespace entrain {

/// Tells whether a file is still the one that was analysed.
struct FileStamp {
  std::int64_t size = 0;
  std::int64_t modified = 0;  ///< ns since 1970

  bool operator==(const FileStamp&) const = default;
};

/// A file as the library remembers it.
struct KnownFile {
  std::int64_t id = 0;
  std::string path;
  FileStamp stamp;
  std::uint64_t hash = 0;  ///< Hash64 of its bytes
  int version = 0;         ///< of its analysis (kAnalysisVersion); 0: none
  bool missing = false;    ///< was not there when last looked for
  std::string failure;     ///< why it could not be read, or empty
};

/// Everything about one sound.
struct SoundEntry {
  KnownFile file;
  Analysis analysis;  ///< corrections applied; empty after a failure
  std::vector<Correction> corrections;
};

struct AtlasPlace {
  std::int64_t id = 0;
  float x = 0, y = 0;
};

/// A connection to the file; other processes and threads have their own (WAL: readers never wait, writers
/// take turns). One thread at a time; not realtime-safe. Each change is whole on disk or not there at all,
/// whatever ends the process. Errors are sentences (disk full, damaged...).
class Library {
 public:
  struct Opened;
  /// Opens or creates the file and the folder it lies in, and brings it to the present schema. What is no
  /// library, or a damaged one, is moved aside and told in `remark`; one of a later version is an Error.
  static Result<Opened> open(const std::filesystem::path& file);
  /// $XDG_DATA_HOME/entrain/library.db, or below ~/.local/share.
  static std::filesystem::path default_file();

  Library(Library&&) noexcept;
  Library& operator=(Library&&) noexcept;
  ~Library();

  const std::filesystem::path& file() const;

  // Folders that are looked through.
  Result<std::vector<std::filesystem::path>> folders();
  Result<void> add_folder(const std::filesystem::path& folder);
  /// Forgets the folder, or the file, and every sound below it, corrections too; how many sounds.
  Result<int> remove(const std::filesystem::path& path);

  // Sounds, as the ingest sees them.
  Result<std::vector<KnownFile>> known();
  /// Stores an analysis under a path, over what stood there; corrections stay and hold.
  Result<void> store(const std::string& path, FileStamp stamp, std::uint64_t hash, const Analysis& analysis);
  /// Remembers why a file could not be read, so that it is tried again only when it has changed.
  Result<void> store_failure(const std::string& path, FileStamp stamp, const std::string& sentence);
  /// The file is the same under this path and stamp (moved, touched, or back).
  Result<void> settle(std::int64_t id, const std::string& path, FileStamp stamp);
  Result<void> mark_missing(std::span<const std::int64_t> ids);

  // Sounds, as a performer sees them.
  /// Everything that can be played, by path. Values that no analysis gives are taken from its analysis again.
  Result<std::vector<Card>> cards();
  /// The sound at a path, if the library knows it.
  Result<std::optional<SoundEntry>> find(const std::string& path);
  /// Says how a sound really is. The Error tells when it is not known.
  Result<void> correct(const std::string& path, const Correction& correction);
  /// Takes corrections back: of one field, or all.
  Result<void> uncorrect(const std::string& path, const std::string& field = {});
  /// Counts up with every change, by whomever.
  Result<std::int64_t> generation();

  // The atlas, and what else is remembered under a name.
  Result<std::vector<AtlasPlace>> places();
  Result<void> put_places(std::span<const AtlasPlace> places);
  Result<std::string> note(const std::string& name);  ///< empty: none
  Result<void> put_note(const std::string& name, const std::string& bytes);

 private:
  struct Parts;
  explicit Library(std::unique_ptr<Parts> parts);
  template <class Work>
  auto attempt(Work work);
  template <class Change>
  Result<void> recorrect(const std::string& path, Change change);
  std::unique_ptr<Parts> parts_;
};

struct Library::Opened {
  Library library;
  std::string remark;  ///< a sentence, or empty
};

}  // namespace entrain
