// What takes long to make and is asked for again.
#pragma once

#include <map>
#include <mutex>

namespace entrain {

/// Values by their keys, each made when it is first asked for, one at a time, and never lost. Any thread.
/// Lives as long as the process: hold it by `static auto& kept = *new Kept<...>`, as threads may outlive
/// main().
template <class Key, class Value>
class Kept {
 public:
  template <class Make>
  const Value& get(const Key& key, Make make) {
    const std::lock_guard lock(making_);
    const auto at = values_.find(key);
    return at != values_.end() ? at->second : values_.emplace(key, make()).first->second;
  }

 private:
  std::mutex making_;
  std::map<Key, Value> values_;
};

}  // namespace entrain
