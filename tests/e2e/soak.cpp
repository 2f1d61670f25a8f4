// haven-soak: the whole house drawing for minutes, and what memory does meanwhile. Not part of the
// test suite: it prints a line every ten seconds, and a verdict.

#include "tests/e2e/house.hpp"
#include "tests/support/motion_script.hpp"
#include "tests/support/process.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <functional>
#include <limits>
#include <print>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

namespace {

namespace test = haven::test;
using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr std::string_view usage =
    R"(usage: haven-soak --minutes N [--script FILE] [--lose-headset]

The client draws FILE (default: the demo's script) over and over in one drawing, against a runtime,
a server and a database of its own. After each time the person looks away from the drawing for a
moment (with --lose-headset: after the headset was lost and came back), and a line tells, in MB:

  kept    what the client has with the drawing out of sight, without the pages of its program and
          libraries. All that it keeps of the drawing is in it. A leak shows here.
  most    the most memory it had in that round, everything counted. A renderer in software
          (llvmpipe) takes memory for each triangle of a picture, up to 36 MB for each picture
          under way, so this rises with the ink in sight until it is there.
  server  the server's memory, everything counted.

FLAT when, after the first round, the mean of `kept` is at most 5 % higher in the last third of the
rounds than in the first third, and `most` is never more than 500 MB. UNDECIDED when the machine was
too busy for 2 pictures a second: too little was drawn, and looking away came too late.
)";

constexpr std::int64_t client_kb_max = std::int64_t{500} * 1024;
constexpr double growth_max = 0.05;
constexpr double fps_min = 2.0;
constexpr double look_away_s = 5.0;
constexpr double settling_s = 2.0;
constexpr test::Milliseconds play_deadline = 1h;
constexpr test::Milliseconds back_deadline{30'000};
constexpr auto look_every = 10ms;

struct Reading {
    std::int64_t kept_kb = std::numeric_limits<std::int64_t>::max();
    std::int64_t most_kb = 0;
    std::int64_t server_kb = 0;
};

double mb(std::int64_t kb) {
    return static_cast<double>(kb) / 1024.0;
}

double mean_kb(std::span<const Reading> readings, std::int64_t Reading::* of) {
    double sum = 0.0;
    for (const Reading& reading : readings) {
        sum += static_cast<double>(reading.*of);
    }
    return sum / static_cast<double>(readings.size());
}

/// From the first third of what comes after the first round to its last third.
double growth(std::span<const Reading> readings, std::int64_t Reading::* of) {
    const auto warm = readings.subspan(std::min<std::size_t>(1, readings.size() - 1));
    const std::size_t third = std::max<std::size_t>(1, warm.size() / 3);
    return mean_kb(warm.last(third), of) / mean_kb(warm.first(third), of) - 1.0;
}

/// The person turns round and rests the hands.
test::MotionScript looking_away(test::MotionScript script) {
    script.seconds = look_away_s;
    script.head.turn_deg.x += 180.0;
    for (test::HandScript& hand : script.hands) {
        hand.moves.clear();
    }
    return script;
}

void play(test::House& house, const test::MotionScript& script,
          const std::function<void(const test::Memory&, double script_s)>& look) {
    test::Player player(house.runtime(), script);
    std::ignore = test::await(
        play_deadline,
        [&] {
            look(test::memory_of(house.client().pid()), player.time_s());
            return player.over() || !house.client().running();
        },
        look_every);
    if (const std::string failure = player.wait(); !failure.empty()) {
        throw std::runtime_error(failure);
    }
}

/// The client builds all that it has on the GPU anew.
void lose_headset(test::House& house) {
    if (const auto restarted = house.runtime().restart(); !restarted) {
        throw std::runtime_error(restarted.error());
    }
    const bool back = test::await(
        back_deadline,
        [&] {
            return !house.client().running() ||
                   house.runtime().client_id(house.client().pid()).has_value();
        },
        test::Milliseconds{200});
    if (!back) {
        throw std::runtime_error("haven-xr did not come back to the headset:\n" +
                                 house.client_log());
    }
}

Reading draw_round(test::House& house, const test::MotionScript& script,
                   const test::MotionScript& away, bool headset_lost) {
    Reading reading;
    play(house, script, [&](const test::Memory& memory, double /*script_s*/) {
        reading.most_kb = std::max(reading.most_kb, memory.resident_kb);
    });
    if (headset_lost) {
        lose_headset(house);
    }
    play(house, away, [&](const test::Memory& memory, double script_s) {
        if (script_s > settling_s) {
            reading.kept_kb = std::min(reading.kept_kb, memory.own_kb);
        }
    });
    reading.server_kb = test::resident_kb(house.server().pid());
    return reading;
}

struct Wish {
    double minutes = 0.0;
    std::filesystem::path script = HAVEN_SOURCE_DIR "/assets/scripts/demo.json";
    bool lose_headset = false;
};

std::vector<Reading> watch(test::House& house, const test::MotionScript& script, const Wish& wish) {
    std::vector<Reading> readings;
    const test::MotionScript away = looking_away(script);
    const auto begin = Clock::now();
    const auto end = begin + std::chrono::duration<double>(wish.minutes * 60.0);
    std::println("{:>8} {:>10} {:>10} {:>10}", "seconds", "kept MB", "most MB", "server MB");
    while (Clock::now() < end) {
        const Reading reading = draw_round(house, script, away, wish.lose_headset);
        if (!house.client().running()) {
            break;
        }
        readings.push_back(reading);
        const std::chrono::duration<double> passed = Clock::now() - begin;
        std::println("{:8.0f} {:10.1f} {:10.1f} {:10.1f}", passed.count(), mb(reading.kept_kb),
                     mb(reading.most_kb), mb(reading.server_kb));
        std::fflush(stdout);
    }
    return readings;
}

bool judge(const std::vector<Reading>& readings) {
    const auto most = std::ranges::max_element(readings, {}, &Reading::most_kb)->most_kb;
    const double grown = growth(readings, &Reading::kept_kb);
    const bool flat = most <= client_kb_max && grown <= growth_max;
    std::println("{}: the client keeps {:.1f} MB, {:+.1f} % (limit +5); at most {:.1f} MB (limit "
                 "500), {:+.1f} %; server {:+.1f} %",
                 flat ? "FLAT" : "FAILED", mb(readings.back().kept_kb), 100.0 * grown, mb(most),
                 100.0 * growth(readings, &Reading::most_kb),
                 100.0 * growth(readings, &Reading::server_kb));
    return flat;
}

int soak(const Wish& wish) {
    const auto script = test::load_motion_script(wish.script);
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
    const std::vector<Reading> readings = watch(house, *script, wish);
    const bool alive = house.client().running();
    const test::ClientEnd end = house.end_client();
    if (!alive || end.ended != test::Ended{.exit_status = 0} || readings.empty()) {
        std::println("FAILED: the client ended with {}\n{}", to_string(end.ended), end.log);
        return 1;
    }
    std::println("strokes {} + {}, frames {}, fps {}, dropped {}, pending {}",
                 end.member("strokes_left"), end.member("strokes_right"), end.member("frames"),
                 end.member("fps"), end.member("dropped_frames"), end.member("pending"));
    if (std::stod("0" + end.member("fps")) < fps_min) {
        std::println("UNDECIDED: fewer than {} pictures a second", fps_min);
        return 3;
    }
    return judge(readings) ? 0 : 1;
}

Wish parse(std::span<const std::string> arguments) {
    Wish wish;
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        const bool has_value = i + 1 < arguments.size();
        if (arguments[i] == "--lose-headset") {
            wish.lose_headset = true;
        } else if (arguments[i] == "--minutes" && has_value) {
            wish.minutes = std::stod(arguments[++i]);
        } else if (arguments[i] == "--script" && has_value) {
            wish.script = arguments[++i];
        } else {
            return {};
        }
    }
    return wish;
}

} // namespace

int main(int argc, char** argv) {
    try {
        const std::vector<std::string> arguments(argv + 1, argv + argc);
        const Wish wish = parse(arguments);
        if (wish.minutes <= 0.0) {
            std::print(stderr, "{}", usage);
            return 2;
        }
        return soak(wish);
    } catch (const std::exception& problem) {
        static_cast<void>(std::fputs("haven-soak: ", stderr));
        static_cast<void>(std::fputs(problem.what(), stderr));
        static_cast<void>(std::fputs("\n", stderr));
        return 1;
    }
}
