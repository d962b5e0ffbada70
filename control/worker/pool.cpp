#include "control/worker/pool.h"

#include <algorithm>
#include <charconv>
#include <exception>
#include <list>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <system_error>
#include <utility>

#include "control/worker/wire.h"
#include "engine/core/hash.h"
#include "engine/library/store/analysis_bytes.h"

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
  enum class Kind { nonsense, progress, error, content } kind = Kind::nonsense;
  int percent = 0;
  std::string sentence;
  std::variant<LoadedPcm, AnalysedSound> content;
};

std::uint64_t from_hex(const std::string& text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, 16);
  if (error != std::errc() || end != text.data() + text.size()) throw std::invalid_argument("not a hash");
  return value;
}

// These throw on fields that are missing or of the wrong kind, and answer whether the content holds.

bool read_pcm(const json& line, int fd, int rate, LoadedPcm& loaded) {
  Pcm& pcm = loaded.pcm;
  pcm.rate = line.at("rate").get<int>();
  pcm.file_hash = from_hex(line.at("file_hash").get<std::string>());
  pcm.silent = line.at("silent").get<bool>();
  pcm.remark = line.at("remark").get<std::string>();
  const bool right_rate = rate == kOwnRate ? pcm.rate >= 8'000 && pcm.rate <= 192'000 : pcm.rate == rate;
  if (!right_rate || !unseal_pcm(fd, line.at("frames").get<std::int64_t>(), pcm)) return false;
  loaded.pcm_hash = pcm_hash(pcm.left, pcm.right);
  return true;
}

bool read_analysis(const json& line, int fd, AnalysedSound& sound) {
  sound.file_hash = from_hex(line.at("file_hash").get<std::string>());
  sound.remark = line.at("remark").get<std::string>();
  std::string bytes;
  if (!unseal_bytes(fd, line.at("bytes").get<std::int64_t>(), bytes)) return false;
  auto analysis = analysis_from(bytes);
  if (analysis) sound.analysis = *std::move(analysis);
  return analysis.has_value();
}

Reply parse_fields(const json& line, const Packet& packet, bool analysis, int rate) {
  Reply reply;
  if (line.contains("percent")) {
    reply.percent = line.at("percent").get<int>();
    reply.kind = Reply::Kind::progress;
  } else if (line.contains("error")) {
    reply.sentence = line.at("error").get<std::string>();
    reply.kind = Reply::Kind::error;
  } else if (packet.fd) {
    const bool holds = analysis ? read_analysis(line, packet.fd.get(), reply.content.emplace<AnalysedSound>())
                                : read_pcm(line, packet.fd.get(), rate, reply.content.emplace<LoadedPcm>());
    if (holds) reply.kind = Reply::Kind::content;
  }
  return reply;
}

Reply parse(const Packet& packet, int id, bool analysis, int rate) {
  try {
    const json line = json::parse(packet.line);
    if (line.at("id").get<int>() == id) return parse_fields(line, packet, analysis, rate);
  } catch (const json::exception&) {
  } catch (const std::invalid_argument&) {
  }
  return {};
}

/// What a job of a known kind brought.
template <class T, class Content>
Result<T> only(Result<Content> answer) {
  if (!answer) return answer.error();
  return std::get<T>(*std::move(answer));
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
  Job job{path, {false, false, rate}, {}};
  submit(std::span(&job, 1));
  std::unique_lock lock(mutex_);
  done_.wait(lock, [&] { return job.answer.has_value(); });
  return only<LoadedPcm>(std::move(*job.answer));
}

std::vector<Result<LoadedPcm>> WorkerPool::load_all(std::span<const fs::path> paths, int rate,
                                                    const Progress& progress) {
  std::vector<Job> jobs;
  jobs.reserve(paths.size());
  for (const auto& path : paths) jobs.push_back({path, {false, false, rate}, {}});
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
  for (auto& job : jobs) answers.push_back(only<LoadedPcm>(std::move(*job.answer)));
  return answers;
}

void WorkerPool::analyse_all(std::span<const AnalysisOrder> orders, const OnAnalysed& on_analysed) {
  const std::size_t most = 3 * keepers_.size();  // so that no worker waits, and few results lie in memory
  std::list<std::pair<std::size_t, Job>> under_way;
  for (std::size_t next = 0; next < orders.size() || !under_way.empty();) {
    for (; next < orders.size() && under_way.size() < most; ++next) {
      under_way.push_back({next, Job{orders[next].path, {true, orders[next].hints}, {}}});
      submit(std::span(&under_way.back().second, 1));
    }
    std::list<std::pair<std::size_t, Job>> done;
    {
      std::unique_lock lock(mutex_);
      const auto first_done = [&] {
        return std::ranges::find_if(under_way, [](const auto& job) { return job.second.answer.has_value(); });
      };
      done_.wait(lock, [&] { return first_done() != under_way.end(); });
      done.splice(done.end(), under_way, first_done());
    }
    auto& [index, job] = done.front();
    on_analysed(index, only<AnalysedSound>(std::move(*job.answer)), job.files_fault);
  }
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
    std::optional<Result<Content>> answer;
    bool files_fault = false;
    try {
      answer.emplace(run(worker, *job, files_fault));
    } catch (const std::exception& e) {  // no memory on our side
      worker.reset();                    // its answer may still be under way
      answer.emplace(Error{"There is no room to load " + name_of(job->path) + " (" + e.what() +
                           "); unload some sounds."});
    }
    const std::lock_guard lock(mutex_);
    job->answer = std::move(answer);
    job->files_fault = files_fault;
    done_.notify_all();
  }
}

Result<WorkerPool::Content> WorkerPool::run(std::optional<WorkerProcess>& worker, const Job& job,
                                            bool& files_fault) {
  const int id = next_id_++;
  json request{{"id", id}, {"path", escape_path(job.path)}};
  if (job.wanted.analysis) {
    request["analyse"] = true;
    request["hints"] = job.wanted.hints;
  } else {
    request["rate"] = job.wanted.rate;
  }
  const std::string line = request.dump();
  // A worker that died while it was idle is nobody's fault: ask the next one.
  for (int attempt = 0; attempt < 2; ++attempt) {
    if (!worker) {
      auto started = WorkerProcess::start(spec_.command, spec_.patience, cancelled_);
      if (!started) return started.error();
      worker.emplace(std::move(*started));
    }
    if (worker->send(line)) {
      auto answer = await(worker, id, job);
      files_fault = !answer && !cancelled_;
      return answer;
    }
    give_up(worker, {});
  }
  return Error{name_of(job.path) + " could not be handed to a decoder; load it again."};
}

Result<WorkerPool::Content> WorkerPool::await(std::optional<WorkerProcess>& worker, int id, const Job& job) {
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
    Reply reply = parse(packet, id, job.wanted.analysis, job.wanted.rate);
    const bool advances = reply.percent > percent && reply.percent <= 100;
    if (reply.kind == Reply::Kind::progress && advances) {
      percent = reply.percent;
    } else if (reply.kind == Reply::Kind::content) {
      return std::move(reply.content);
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
