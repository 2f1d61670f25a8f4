// haven-soak: the whole house drawing for minutes, and what memory does meanwhile. Not part of the
// test suite: it prints the resident memory of client and server every ten seconds, and a verdict.

#include "tests/e2e/house.hpp"
#include "tests/support/motion_script.hpp"
#include "tests/support/process.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <print>
#include <span>
#include <string>
#include <thread>
#include <vector>

namespace {

namespace test = haven::test;
using namespace std::chrono_literals;

constexpr std::int64_t client_kb_max = std::int64_t{500} * 1024;
constexpr double growth_max = 0.05;
constexpr auto interval = 10s;

struct Reading {
    std::int64_t client_kb = 0;
    std::int64_t server_kb = 0;
};

double mean_kb(std::span<const Reading> readings, std::int64_t Reading::* of) {
    double sum = 0.0;
    for (const Reading& reading : readings) {
        sum += static_cast<double>(reading.*of);
    }
    return sum / static_cast<double>(readings.size());
}

/// From the first third of what comes after the warm-up to its last third; means, because a
/// renderer in software takes and gives back memory all the time.
double growth(std::span<const Reading> readings, std::int64_t Reading::* of) {
    constexpr std::size_t warm_up = 3;
    const auto warm = readings.subspan(std::min(warm_up, readings.size() - 1));
    const std::size_t third = std::max<std::size_t>(1, warm.size() / 3);
    return mean_kb(warm.last(third), of) / mean_kb(warm.first(third), of) - 1.0;
}

std::vector<Reading> watch(test::House& house, double minutes) {
    std::vector<Reading> readings;
    const auto begin = std::chrono::steady_clock::now();
    const auto end = begin + std::chrono::duration<double>(minutes * 60.0);
    std::println("{:>8} {:>12} {:>12}", "seconds", "client MB", "server MB");
    while (std::chrono::steady_clock::now() < end && house.client().running()) {
        std::this_thread::sleep_for(interval);
        readings.push_back({.client_kb = test::resident_kb(house.client().pid()),
                            .server_kb = test::resident_kb(house.server().pid())});
        const std::chrono::duration<double> passed = std::chrono::steady_clock::now() - begin;
        std::println("{:8.0f} {:12.1f} {:12.1f}", passed.count(),
                     static_cast<double>(readings.back().client_kb) / 1024.0,
                     static_cast<double>(readings.back().server_kb) / 1024.0);
        std::fflush(stdout);
    }
    return readings;
}

int soak(double minutes) {
    const auto script = test::load_motion_script(HAVEN_SOURCE_DIR "/assets/scripts/demo.json");
    if (!script) {
        std::println(stderr, "haven-soak: {}", script.error());
        return 2;
    }
    test::House house({.validation = false});
    house.start_client();
    if (!house.await_ready()) {
        std::println(stderr, "haven-soak: haven-xr did not get to drawing:\n{}",
                     house.client_log());
        return 1;
    }
    test::Player player(house.runtime(), *script, true);
    const std::vector<Reading> readings = watch(house, minutes);
    const bool alive = house.client().running();
    player.stop();
    const std::string failure = player.wait();
    const test::ClientEnd end = house.end_client();
    if (!alive || !failure.empty() || end.ended != test::Ended{.exit_status = 0} ||
        readings.empty()) {
        std::println("FAILED: the client ended with {}; {}\n{}", to_string(end.ended), failure,
                     end.log);
        return 1;
    }
    const auto most = std::ranges::max_element(readings, {}, &Reading::client_kb)->client_kb;
    const double grown = growth(readings, &Reading::client_kb);
    const bool good = most <= client_kb_max && grown <= growth_max;
    std::println("strokes {} + {}, frames {}, fps {}, dropped {}, pending {}",
                 end.member("strokes_left"), end.member("strokes_right"), end.member("frames"),
                 end.member("fps"), end.member("dropped_frames"), end.member("pending"));
    std::println(
        "{}: client at most {:.1f} MB (limit 500), grown {:+.1f} % (limit 5); server {:+.1f} %",
        good ? "FLAT" : "FAILED", static_cast<double>(most) / 1024.0, 100.0 * grown,
        100.0 * growth(readings, &Reading::server_kb));
    return good ? 0 : 1;
}

} // namespace

int main(int argc, char** argv) {
    try {
        const std::vector<std::string> arguments(argv + 1, argv + argc);
        if (arguments.size() != 2 || arguments[0] != "--minutes" || std::stod(arguments[1]) <= 0) {
            std::println(stderr, "usage: haven-soak --minutes N");
            return 2;
        }
        return soak(std::stod(arguments[1]));
    } catch (const std::exception& problem) {
        static_cast<void>(std::fputs("haven-soak: ", stderr));
        static_cast<void>(std::fputs(problem.what(), stderr));
        static_cast<void>(std::fputs("\n", stderr));
        return 1;
    }
}
