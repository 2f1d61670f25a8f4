// How other routes fare while log-ins come as fast as they are answered: their 99th percentile
// beside its quiet value, in turns of one run.
#include "tests/attack/crowd.hpp"
#include "tests/integration/http_client.hpp"
#include "tests/integration/http_fixture.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <exception>
#include <format>
#include <print>
#include <string>
#include <vector>

namespace haven::test {
namespace {

std::string log_in(std::size_t number) {
    const std::string body = credentials_body(std::format("nobody{}@example.org", number));
    return std::format("POST /v1/auth/tokens HTTP/1.1\r\nHost: x\r\nContent-Type: "
                       "application/json\r\nContent-Length: {}\r\n\r\n{}",
                       body.size(), body);
}

struct Turn {
    double read_p99_s = 0;
    double write_p99_s = 0;
};

Turn measure(HttpClient& person, std::size_t requests) {
    const std::string session = new_id();
    (void)person.put("/v1/sessions/" + session, session_body());
    return {.read_p99_s = read_path(person, "/v1/sessions/" + session, requests).p99(),
            .write_p99_s = write_sessions(person, requests).p99()};
}

double median(std::vector<double> values) {
    std::ranges::sort(values);
    return values[values.size() / 2];
}

/// The worse of reading and writing: how many times as long under the flood.
double worst_ratio(std::size_t turns, std::size_t requests, std::size_t connections) {
    const TestServer server;
    HttpClient person = server.new_user();
    (void)measure(person, requests); // warm
    std::vector<double> reads;
    std::vector<double> writes;
    for (std::size_t i = 0; i < turns; ++i) {
        const Turn quiet = measure(person, requests);
        const Crowd crowd(server.port(), {.connections = connections,
                                          .addresses = 60'000,
                                          .opening = log_in,
                                          .asks_again = true});
        const Turn flooded = measure(person, requests);
        reads.push_back(flooded.read_p99_s / quiet.read_p99_s);
        writes.push_back(flooded.write_p99_s / quiet.write_p99_s);
        std::println("turn {}: read p99 {:.2f} ms quiet, {:.2f} ms in the flood; write {:.2f} and "
                     "{:.2f} ms; {} log-ins answered",
                     i + 1, quiet.read_p99_s * 1e3, flooded.read_p99_s * 1e3,
                     quiet.write_p99_s * 1e3, flooded.write_p99_s * 1e3, crowd.answers());
    }
    std::println("in the flood: reads {:.2f} times, writes {:.2f} times their quiet p99 (at most "
                 "2 is wanted)",
                 median(reads), median(writes));
    return std::max(median(reads), median(writes));
}

} // namespace
} // namespace haven::test

int main(int argc, char** argv) {
    CLI::App app{"Log-ins in a flood, and what others notice of it"};
    std::size_t turns = 5;
    std::size_t requests = 500;
    std::size_t connections = 64;
    app.add_option("--turns", turns, "quiet and flooded, one after the other");
    app.add_option("--requests", requests, "of each kind in a turn");
    app.add_option("--connections", connections, "that log in at once");
    CLI11_PARSE(app, argc, argv);
    try {
        return haven::test::worst_ratio(turns, requests, connections) <= 2 ? 0 : 1;
    } catch (const std::exception& failure) {
        std::println(stderr, "bench-flood: {}", failure.what());
        return 2;
    }
}
