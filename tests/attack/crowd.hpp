#pragma once

#include "tests/integration/http_client.hpp"

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <thread>
#include <vector>

/// Traffic of those who mean no good, and how another person's writes fare meanwhile.
namespace haven::test {

struct CrowdPlan {
    std::size_t connections = 1;
    std::size_t addresses = 1; ///< of 127.1.0.0/16 and on, so that each is a network of its own
    /// What connection `number` (from 0, counted on with each that is made anew) sends at once.
    std::function<std::string(std::size_t number)> opening;
    std::string drip;                            ///< sent now and then, for as long as it is taken
    std::chrono::milliseconds drip_every{1'000}; ///< also how soon one that was ended comes again
    bool reads = true;                           ///< or leaves the answer lying
    bool asks_again = false;                     ///< another opening after each answer
};

/// So many connections that hold on, on a thread of its own, until it goes.
class Crowd {
  public:
    Crowd(std::uint16_t port, CrowdPlan plan);
    ~Crowd();
    Crowd(const Crowd&) = delete;
    Crowd& operator=(const Crowd&) = delete;

    /// Openings that were sent.
    [[nodiscard]] std::size_t sent() const { return sent_.load(); }
    /// Answers, or parts of them, that came.
    [[nodiscard]] std::size_t answers() const { return answers_.load(); }

  private:
    struct Member;
    void run();
    void call(Member& member);
    void speak(Member& member);
    void listen(Member& member);

    std::uint16_t port_;
    CrowdPlan plan_;
    std::atomic<std::size_t> sent_ = 0;
    std::atomic<std::size_t> answers_ = 0;
    std::size_t made_ = 0;
    int stop_read_ = -1;
    int stop_write_ = -1;
    std::thread thread_;
};

/// How long each of a person's writes took, with what was sent again because the connection ended.
struct WriteTimes {
    std::vector<double> seconds; ///< ascending
    std::size_t failed = 0;      ///< not stored after all

    /// 99 of 100 took at most so long.
    [[nodiscard]] double p99() const;
};

/// So many sessions, begun one after the other.
[[nodiscard]] WriteTimes write_sessions(HttpClient& person, std::size_t count);

/// What the p99 of a person's writes must stay below while somebody attacks: a second (times
/// `slowness`); where this machine needs a tenth of one while nobody does, it has other work, and
/// the bound grows with that.
[[nodiscard]] double write_bound_s(const WriteTimes& quiet);

/// Rounds of writes until one keeps the bound, ten at most: what an attack holds up it holds up in
/// all of them, and other work on the machine does not. The last one; it ends where a write failed.
[[nodiscard]] WriteTimes write_sessions_within(HttpClient& person, std::size_t count,
                                               double bound_s);

/// Reads of this path, one after the other; a 200 is wanted.
[[nodiscard]] WriteTimes read_path(HttpClient& person, const std::string& path, std::size_t count);

} // namespace haven::test
