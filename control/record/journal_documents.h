// The documents of a journal: its versions, built of their parts and sounds when they are asked for.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>

#include "control/record/journal.h"
#include "engine/core/performance.h"
#include "engine/core/result.h"

namespace entrain {

/// Builds each part once for as long as somebody holds it: who shares what with whom is as it was. The
/// journal may grow meanwhile, and outlives it. One thread at a time; not realtime-safe.
class JournalDocuments {
 public:
  /// Gets an asset of the journal by its number.
  using AssetOf = std::function<Result<std::shared_ptr<const Asset>>(int)>;

  JournalDocuments(const Journal& journal, AssetOf asset, int rate)
      : journal_(journal), asset_(std::move(asset)), rate_(rate) {}

  /// A version that the journal holds. The Error is that of a sound.
  Result<std::shared_ptr<const Performance>> version(std::uint64_t epoch);

 private:
  template <class T>
  using Known = std::map<int, std::weak_ptr<const T>>;

  Result<std::shared_ptr<const Cluster>> cluster(int part);
  Result<std::shared_ptr<const Track>> track(int part);
  Result<std::shared_ptr<const Loop>> loop(int part);
  Result<std::shared_ptr<const DeckDocument>> deck(int part);
  std::shared_ptr<const Transition> transition(int part);

  const Journal& journal_;
  const AssetOf asset_;
  const int rate_;
  std::map<std::uint64_t, std::weak_ptr<const Performance>> versions_;
  Known<Asset> assets_;
  Known<Cluster> clusters_;
  Known<Pattern> patterns_;
  Known<Track> tracks_;
  Known<Loop> loops_;
  Known<DeckDocument> decks_;
  Known<Groove> grooves_;
  Known<TransitionShape> shapes_;
  Known<Transition> transitions_;
};

}  // namespace entrain
