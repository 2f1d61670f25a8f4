// haven-xr: the client. Wires the parts together, and nothing else.

#include "xr_app/client.hpp"
#include "xr_app/log.hpp"
#include "xr_app/options.hpp"
#include "xr_app/replay_run.hpp"

#include <chrono>
#include <cstdio>
#include <exception>
#include <malloc.h>
#include <print>

namespace {

/// A renderer in software takes and gives back megabytes with each picture, in pieces of 64 kB. By
/// itself the C library would keep them, and ever larger ones: 40 MB more after minutes.
void give_memory_back() {
    constexpr int piece_bytes = 64 * 1024;
    mallopt(M_MMAP_THRESHOLD, piece_bytes);
}

int run(int argc, char** argv) {
    const auto started_at = std::chrono::steady_clock::now();
    const auto options = haven::parse_options(argc, argv);
    if (!options) {
        std::print(options.error().exit_code == 0 ? stdout : stderr, "{}", options.error().text);
        return options.error().exit_code;
    }
    const haven::LogGuard log(options->log_level);
    const auto done = options->replay.empty() ? haven::Client(*options, started_at).run()
                                              : haven::run_replay(*options);
    if (!done) {
        std::println(stderr, "haven-xr: error: {}", done.error().message);
        return done.error().exit_code;
    }
    return 0;
}

} // namespace

int main(int argc, char** argv) {
    give_memory_back();
    try {
        return run(argc, argv);
    } catch (const std::exception& problem) {
        static_cast<void>(std::fputs("haven-xr: error: ", stderr));
        static_cast<void>(std::fputs(problem.what(), stderr));
        static_cast<void>(std::fputs("\n", stderr));
        return 1;
    }
}
