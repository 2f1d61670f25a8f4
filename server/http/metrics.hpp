#pragma once

#include "server/http/message.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

namespace haven::http {

/// What the server counts of itself, in Prometheus' text format. Labels hold route templates,
/// methods and statuses: never an id, a name or a text. One thread: that of the I/O.
class Metrics {
  public:
    /// `route` is a template of the routing table and outlives this; requests no route takes are
    /// counted as "none".
    void count_request(std::string_view route, std::string_view method, int status,
                       std::chrono::nanoseconds duration);

    /// A figure read when it is asked for.
    void add_gauge(std::string name, std::string help, std::function<double()> read);

    [[nodiscard]] std::string text() const;

  private:
    static constexpr std::array<double, 11> bounds_s{0.001, 0.0025, 0.005, 0.01, 0.025, 0.05,
                                                     0.1,   0.25,   0.5,   1.0,  5.0};
    struct Histogram {
        std::array<std::uint64_t, bounds_s.size() + 1> counts{};
        double sum_s = 0.0;
    };
    struct Gauge {
        std::string name;
        std::string help;
        std::function<double()> read;
    };

    void write_requests(std::string& text) const;
    void write_durations(std::string& text) const;

    std::map<std::tuple<std::string_view, std::string_view, int>, std::uint64_t> requests_;
    std::map<std::tuple<std::string_view, std::string_view>, Histogram> durations_;
    std::vector<Gauge> gauges_;
};

/// Resident set of this process, from /proc/self/statm; 0 where there is none.
[[nodiscard]] std::size_t resident_bytes();

} // namespace haven::http
