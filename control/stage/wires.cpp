#include "control/stage/wires.h"

#include <algorithm>

namespace entrain {

bool Wires::Producer::post(const Event& event) {
  if (wires_->inbox_.try_enqueue(token_, event)) return true;
  wires_->dropped_.fetch_add(1, std::memory_order_relaxed);
  return false;
}

Wires::Wires(Engine& engine, int rate, JournalWriter* journal, Take* take)
    : engine_(engine),
      journal_(journal),
      take_(take),
      hash_every_(rate / kHashesPerSecond / kQuantum * kQuantum),
      inbox_(kInboxShare, kProducers, 0),
      reports_(kReports) {}

void Wires::offer(const Schedule& schedule) {
  schedules_.back() = schedule;
  schedules_.publish();
}

void Wires::render(float* const* out) noexcept {
  const std::size_t arrived = inbox_.try_dequeue_bulk(events_.begin(), events_.size());
  if (schedules_.refresh()) schedule_waits_ = true;

  Outputs outputs;
  std::copy(out, out + outputs.channels.size(), outputs.channels.begin());
  const std::size_t room = journal_ == nullptr ? records_.size() : std::min(records_.size(), static_cast<std::size_t>(journal_->free_room()));
  outputs.room = {records_.data(), room};
  engine_.process({{events_.data(), arrived}, schedule_waits_ ? &schedules_.front() : nullptr}, outputs);
  if (outputs.schedule_taken) schedule_waits_ = false;
  split_ = outputs.split;

  if (journal_ != nullptr) journal_quantum(outputs, out);
  if (take_ != nullptr) record_take(out);
  lay_over_cue(out);
  for (const Report& report : engine_.reports()) reports_.try_enqueue(report);
  if (quanta_++ % kSnapshotEvery == 0) {
    engine_.observe(snapshots_.back());
    snapshots_.publish();
  }
}

void Wires::journal_quantum(const Outputs& out, float* const* sound) {
  for (int i = 0; i < out.records; ++i) journal_->push(records_[static_cast<std::size_t>(i)]);
  hash_.add(sound, kQuantum);
  if (engine_.frame().index % hash_every_ != 0 || journal_->free_room() == 0) return;
  Record line;
  line.what = Record::What::checksum;
  line.frame = engine_.frame();
  line.epoch = hash_.value();
  journal_->push(line);
}

/// After journal and take, which know nothing of it.
void Wires::lay_over_cue(float* const* out) {
  std::array<float, kQuantum> left, right;
  if (cue_player_.next({left.data(), right.data()})) engine_.lay_over_cue({left.data(), right.data()}, {out[2], out[3]});
}

void Wires::record_take(float* const* sound) {
  std::array<float, 2 * kQuantum> interleaved;
  for (std::size_t i = 0; i < kQuantum; ++i) {
    interleaved[2 * i] = sound[0][i];
    interleaved[2 * i + 1] = sound[1][i];
  }
  take_->push(interleaved.data(), kQuantum);
}

}  // namespace entrain
