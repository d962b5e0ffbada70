#include "control/worker/pool.h"

#include <algorithm>
#include <charconv>
#include <exception>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <system_error>
#include <utility>

#include "control/worker/wire.h"
#include "engine/core/hash.h"

namespace entrain {
namespace fs = std::filesystem;
namespace {

using nlohmann::json;

constexpr const char* kLeftOut = "; it is left out: convert it with ffmpeg or remove it from the set.";

std::string name_of(const fs::path& path) { return path.filename().string(); }

Error stopped(const fs::path& path) {
  return Error{"Loading " + name_of(path) + " was stopped; load it again."};
}

/// A worker's line, taken apart. Anything but these three is nonsense.
struct Reply {
  enum class Kind { nonsense, progress, error, pcm } kind = Kind::nonsense;
  int percent = 0;
  std::string sentence;
  LoadedPcm loaded;
};

std::uint64_t from_hex(const std::string& text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, 16);
  if (error != std::errc() || end != text.data() + text.size()) throw std::invalid_argument("not a hash");
  return value;
}

/// Throws on fields that are missing or of the wrong kind.
Reply parse_fields(const json& line, const Packet& packet, int rate) {
  Reply reply;
  if (line.contains("percent")) {
    reply.percent = line.at("percent").get<int>();
    reply.kind = Reply::Kind::progress;
  } else if (line.contains("error")) {
    reply.sentence = line.at("error").get<std::string>();
    reply.kind = Reply::Kind::error;
  } else {
    Pcm& pcm = reply.loaded.pcm;
    pcm.rate = line.at("rate").get<int>();
    pcm.file_hash = from_hex(line.at("file_hash").get<std::string>());
    pcm.silent = line.at("silent").get<bool>();
    pcm.remark = line.at("remark").get<std::string>();
    const bool right_rate = rate == kOwnRate ? pcm.rate >= 8'000 && pcm.rate <= 192'000 : pcm.rate == rate;
    if (!right_rate || !packet.fd || !unseal_pcm(packet.fd.get(), line.at("frames").get<std::int64_t>(), pcm))
      return reply;
    reply.loaded.pcm_hash = pcm_hash(pcm.left, pcm.right);
    reply.kind = Reply::Kind::pcm;
  }
  return reply;
}

Reply parse(const Packet& packet, int id, int rate) {
  try {
    const json line = json::parse(packet.line);
    if (line.at("id").get<int>() == id) return parse_fields(line, packet, rate);
  } catch (const json::exception&) {
  } catch (const std::invalid_argument&) {
  }
  return {};
}

}  // namespace

WorkerPool::WorkerPool(PoolSpec spec) : spec_(std::move(spec)) {
  for (int i = 0; i < std::max(1, spec_.workers); ++i) keepers_.emplace_back([this] { keep_worker(); });
}

WorkerPool::~WorkerPool() { cancel(); }

void WorkerPool::cancel() {
  const std::lock_guard lock(mutex_);
  cancelled_ = true;
  for (Job* job : waiting_) job->answer.emplace(stopped(job->path));
  waiting_.clear();
  work_.notify_all();
  done_.notify_all();
}

Result<LoadedPcm> WorkerPool::load(const fs::path& path, int rate) {
  Job job{path, rate, {}};
  submit(std::span(&job, 1));
  std::unique_lock lock(mutex_);
  done_.wait(lock, [&] { return job.answer.has_value(); });
  return std::move(*job.answer);
}

std::vector<Result<LoadedPcm>> WorkerPool::load_all(std::span<const fs::path> paths, int rate,
                                                    const Progress& progress) {
  std::vector<Job> jobs;
  jobs.reserve(paths.size());
  for (const auto& path : paths) jobs.push_back({path, rate, {}});
  submit(jobs);

  std::vector<bool> told(jobs.size());
  for (std::size_t done = 0; done < jobs.size();) {
    std::vector<std::size_t> news;
    {
      std::unique_lock lock(mutex_);
      done_.wait(lock, [&] {
        for (std::size_t i = 0; i < jobs.size(); ++i)
          if (!told[i] && jobs[i].answer) news.push_back(i);
        return !news.empty();
      });
    }
    for (const std::size_t i : news) {
      told[i] = true;
      ++done;
      if (progress)
        progress(done, jobs.size(), jobs[i].path, *jobs[i].answer ? nullptr : &jobs[i].answer->error());
    }
  }
  std::vector<Result<LoadedPcm>> answers;
  answers.reserve(jobs.size());
  for (auto& job : jobs) answers.push_back(std::move(*job.answer));
  return answers;
}

void WorkerPool::submit(std::span<Job> jobs) {
  const std::lock_guard lock(mutex_);
  for (Job& job : jobs) {
    if (cancelled_)
      job.answer.emplace(stopped(job.path));
    else
      waiting_.push_back(&job);
  }
  work_.notify_all();
}

void WorkerPool::keep_worker() {
  std::optional<WorkerProcess> worker;
  for (;;) {
    Job* job = nullptr;
    {
      std::unique_lock lock(mutex_);
      work_.wait(lock, [this] { return cancelled_ || !waiting_.empty(); });
      if (cancelled_) return;
      job = waiting_.front();
      waiting_.pop_front();
    }
    std::optional<Result<LoadedPcm>> answer;
    try {
      answer.emplace(run(worker, *job));
    } catch (const std::exception& e) {  // no memory on our side
      worker.reset();                    // its answer may still be under way
      answer.emplace(Error{"There is no room to load " + name_of(job->path) + " (" + e.what() +
                           "); unload some sounds."});
    }
    const std::lock_guard lock(mutex_);
    job->answer = std::move(answer);
    done_.notify_all();
  }
}

Result<LoadedPcm> WorkerPool::run(std::optional<WorkerProcess>& worker, const Job& job) {
  const int id = next_id_++;
  const std::string line = json{{"id", id}, {"path", escape_path(job.path)}, {"rate", job.rate}}.dump();
  // A worker that died while it was idle is nobody's fault: ask the next one.
  for (int attempt = 0; attempt < 2; ++attempt) {
    if (!worker) {
      auto started = WorkerProcess::start(spec_.command, spec_.patience, cancelled_);
      if (!started) return started.error();
      worker.emplace(std::move(*started));
    }
    if (worker->send(line)) return await(worker, id, job);
    give_up(worker, {});
  }
  return Error{name_of(job.path) + " could not be handed to a decoder; load it again."};
}

Result<LoadedPcm> WorkerPool::await(std::optional<WorkerProcess>& worker, int id, const Job& job) {
  int percent = 0;
  for (Packet packet;;) {
    switch (worker->receive(packet, spec_.patience, cancelled_)) {
      case Received::timeout:
        if (cancelled_) return give_up(worker, stopped(job.path).sentence);
        return give_up(worker, name_of(job.path) + " kept the decoder busy without progress for " +
                                   std::to_string(spec_.patience.count() / 1000) + " s" + kLeftOut);
      case Received::closed:
        return give_up(worker,
                       name_of(job.path) + " made the decoder crash (" + worker->end() + ")" + kLeftOut);
      case Received::packet:
        break;
    }
    Reply reply = parse(packet, id, job.rate);
    const bool advances = reply.percent > percent && reply.percent <= 100;
    if (reply.kind == Reply::Kind::progress && advances) {
      percent = reply.percent;
    } else if (reply.kind == Reply::Kind::pcm) {
      return std::move(reply.loaded);
    } else if (reply.kind == Reply::Kind::error) {
      return Error{std::move(reply.sentence)};
    } else {
      return give_up(worker, name_of(job.path) + " made the decoder answer nonsense" + kLeftOut);
    }
  }
}

Error WorkerPool::give_up(std::optional<WorkerProcess>& worker, std::string sentence) {
  worker.reset();
  ++replaced_;
  return Error{std::move(sentence)};
}

}  // namespace entrain
