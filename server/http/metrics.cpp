#include "server/http/metrics.hpp"

#include <unistd.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <format>
#include <fstream>
#include <functional>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>

namespace haven::http {

void Metrics::count_request(std::string_view route, std::string_view method, int status,
                            std::chrono::nanoseconds duration) {
    ++requests_[{route, method, status}];
    Histogram& histogram = durations_[{route, method}];
    const double seconds = std::chrono::duration<double>(duration).count();
    const auto* const bound = std::ranges::lower_bound(bounds_s, seconds);
    ++histogram.counts.at(static_cast<std::size_t>(bound - bounds_s.begin()));
    histogram.sum_s += seconds;
}

void Metrics::add_gauge(std::string name, std::string help, std::function<double()> read) {
    gauges_.push_back({std::move(name), std::move(help), std::move(read)});
}

std::string Metrics::text() const {
    std::string text;
    write_requests(text);
    write_durations(text);
    for (const Gauge& gauge : gauges_) {
        std::format_to(std::back_inserter(text), "# HELP {0} {1}\n# TYPE {0} gauge\n{0} {2}\n",
                       gauge.name, gauge.help, gauge.read());
    }
    return text;
}

void Metrics::write_requests(std::string& text) const {
    text += "# HELP haven_http_requests_total Requests answered.\n"
            "# TYPE haven_http_requests_total counter\n";
    for (const auto& [labels, count] : requests_) {
        const auto& [route, method, status] = labels;
        std::format_to(std::back_inserter(text),
                       "haven_http_requests_total{{route=\"{}\",method=\"{}\",status=\"{}\"}} {}\n",
                       route, method, status, count);
    }
}

void Metrics::write_durations(std::string& text) const {
    constexpr std::string_view name = "haven_http_request_duration_seconds";
    std::format_to(std::back_inserter(text),
                   "# HELP {0} From the first byte of a request to the last of its answer.\n"
                   "# TYPE {0} histogram\n",
                   name);
    for (const auto& [labels, histogram] : durations_) {
        const std::string where =
            std::format(R"(route="{}",method="{}")", std::get<0>(labels), std::get<1>(labels));
        std::uint64_t below = 0;
        for (std::size_t i = 0; i < bounds_s.size(); ++i) {
            below += histogram.counts.at(i);
            std::format_to(std::back_inserter(text), "{}_bucket{{{},le=\"{}\"}} {}\n", name, where,
                           bounds_s.at(i), below);
        }
        const std::uint64_t count = below + histogram.counts.back();
        std::format_to(
            std::back_inserter(text),
            "{0}_bucket{{{1},le=\"+Inf\"}} {2}\n{0}_sum{{{1}}} {3}\n{0}_count{{{1}}} {2}\n", name,
            where, count, histogram.sum_s);
    }
}

std::size_t resident_bytes() {
    std::ifstream statm("/proc/self/statm");
    std::size_t total_pages = 0;
    std::size_t resident_pages = 0;
    statm >> total_pages >> resident_pages;
    return resident_pages * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

} // namespace haven::http
