// Which device, which rate: pure decisions over what the library lists.
#include <algorithm>

#include "control/device/rtaudio.h"
#include "engine/core/lowered.h"

namespace entrain {

namespace {

const DeviceEntry* first_choice(const std::vector<const DeviceEntry*>& entries) {
  for (const auto* e : entries) {
    if (e->api == "jack" && e->name == "system") return e;
  }
  for (const auto* e : entries) {
    if (e->is_default || e->name == "default") return e;
  }
  return entries.empty() ? nullptr : entries.front();
}

const DeviceEntry* by_name(const std::vector<const DeviceEntry*>& entries, const std::string& name) {
  for (const auto* e : entries) {
    if (e->name == name) return e;
  }
  for (const auto* e : entries) {
    if (lowered(e->name).find(lowered(name)) != std::string::npos) return e;
  }
  return nullptr;
}

}  // namespace

const DeviceEntry* choose_device(const std::vector<DeviceEntry>& entries, const std::string& device) {
  std::vector<const DeviceEntry*> playable;
  for (const auto& e : entries) {
    if (e.outputs > 0) playable.push_back(&e);
  }
  if (device == "default" || device.empty()) {
    // Api by api, so that an early one's modest device is not passed over for a later one's default.
    for (const char* api : {"jack", "pulse", "alsa"}) {
      std::vector<const DeviceEntry*> own;
      std::copy_if(playable.begin(), playable.end(), std::back_inserter(own),
                   [&](const DeviceEntry* e) { return e->api == api; });
      if (const auto* e = first_choice(own)) return e;
    }
    return nullptr;
  }
  for (const std::string api : {"jack", "pulse", "alsa"}) {
    if (device != api && device.rfind(api + ":", 0) != 0) continue;
    std::vector<const DeviceEntry*> own;
    std::copy_if(playable.begin(), playable.end(), std::back_inserter(own),
                 [&](const DeviceEntry* e) { return e->api == api; });
    return device == api ? first_choice(own) : by_name(own, device.substr(api.size() + 1));
  }
  return by_name(playable, device);
}

int choose_rate(const DeviceEntry& entry, int wish) {
  const auto& rates = entry.rates;
  if (rates.empty()) return entry.preferred_rate > 0 ? entry.preferred_rate : wish;
  if (std::find(rates.begin(), rates.end(), wish) != rates.end()) return wish;
  if (entry.preferred_rate > 0) return entry.preferred_rate;
  int above = 0;
  for (const int rate : rates) {
    if (rate > wish && (above == 0 || rate < above)) above = rate;
  }
  return above > 0 ? above : *std::max_element(rates.begin(), rates.end());
}

}  // namespace entrain
