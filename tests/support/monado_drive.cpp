// haven-drive: plays a motion script to Monado's remote driver, so that a headset without a person
// draws.

#include "tests/support/await.hpp"
#include "tests/support/monado_remote.hpp"
#include "tests/support/motion_script.hpp"
#include "tests/support/motion_script_player.hpp"
#include "tests/support/process.hpp"

#include <CLI/App.hpp>
#include <CLI/CLI.hpp> // IWYU pragma: keep: the bodies of the others
#include <CLI/Validators.hpp>

#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <ctime>
#include <exception>
#include <filesystem>
#include <print>
#include <stop_token>
#include <string>
#include <thread>
#include <tuple>

#include <signal.h> // NOLINT(modernize-deprecated-headers): POSIX, not in <csignal>
#include <sys/signalfd.h>

namespace {

namespace test = haven::test;

struct Options {
    std::uint16_t port = 4242;
    std::string script;
    std::string start_when_file;
    std::string ready_file;
    bool quiet = false;
    test::PlayOptions play;
};

/// Ctrl-C and SIGTERM become a stop request, so the hands come to rest before the program ends.
std::jthread stop_on_signal(std::stop_source& source) {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    ::pthread_sigmask(SIG_BLOCK, &set, nullptr);
    return std::jthread([&source, set](const std::stop_token& over) {
        const timespec patience{.tv_sec = 0, .tv_nsec = 50'000'000};
        while (!over.stop_requested()) {
            if (::sigtimedwait(&set, nullptr, &patience) > 0) {
                source.request_stop();
            }
        }
    });
}

void parse(CLI::App& app, Options& options) {
    app.add_option("--port", options.port, "TCP port of the remote driver")->capture_default_str();
    app.add_option("--script", options.script, "motion script (assets/scripts/FORMAT.md)")
        ->required()
        ->check(CLI::ExistingFile);
    app.add_option("--seconds", options.play.seconds, "play this long (default: the script once)")
        ->check(CLI::PositiveNumber);
    app.add_flag("--loop", options.play.loop, "begin again at the end of the script");
    app.add_option("--rate", options.play.rate_hz, "packets a second")
        ->capture_default_str()
        ->check(CLI::Range(1.0, 1000.0));
    app.add_option("--start-when-file", options.start_when_file,
                   "hold the first pose until this file exists");
    app.add_option("--ready-file", options.ready_file, "make this file once connected");
    app.add_flag("--quiet", options.quiet, "no progress");
}

/// Connected, first pose sent, and everybody waited for.
bool hold_until_started(test::MonadoRemote& remote, const test::MotionScript& script,
                        const Options& options, const std::stop_token& stop) {
    if (const auto sent = remote.send(test::evaluate(script, options.play.start_s)); !sent) {
        std::println(stderr, "haven-drive: {}", sent.error());
        return false;
    }
    if (!options.ready_file.empty()) {
        test::write_text(options.ready_file, "ready\n");
    }
    // As long as it takes: who started us ends us.
    std::ignore = test::await(std::chrono::years{1}, [&] {
        return options.start_when_file.empty() || stop.stop_requested() ||
               std::filesystem::exists(options.start_when_file);
    });
    return !stop.stop_requested();
}

int drive(Options& options) {
    const auto script = test::load_motion_script(options.script);
    if (!script) {
        std::println(stderr, "haven-drive: {}", script.error());
        return 2;
    }
    auto remote = test::MonadoRemote::connect(options.port);
    if (!remote) {
        std::println(stderr, "haven-drive: {}", remote.error());
        return 3;
    }
    std::stop_source stop;
    const std::jthread signals = stop_on_signal(stop);
    if (!hold_until_started(*remote, *script, options, stop.get_token())) {
        return stop.stop_requested() ? 0 : 3;
    }
    if (!options.quiet) {
        std::println("playing \"{}\": {} s{}", script->name, script->seconds,
                     options.play.loop ? ", again and again" : "");
        options.play.progress = [told_s = 0.0](double time_s) mutable {
            if (time_s - told_s >= 1.0) {
                told_s = time_s;
                std::println("{:6.1f} s", time_s);
                std::fflush(stdout);
            }
        };
    }
    if (const auto played = test::play(*script, *remote, options.play, stop.get_token()); !played) {
        std::println(stderr, "haven-drive: {}", played.error());
        return 3;
    }
    return 0;
}

} // namespace

int main(int argc, char** argv) {
    try {
        CLI::App app{"Plays a motion script to Monado's remote driver: head, hands and fingers."};
        Options options;
        parse(app, options);
        CLI11_PARSE(app, argc, argv);
        return drive(options);
    } catch (const std::exception& problem) {
        static_cast<void>(std::fputs("haven-drive: ", stderr));
        static_cast<void>(std::fputs(problem.what(), stderr));
        static_cast<void>(std::fputs("\n", stderr));
        return 1;
    }
}
