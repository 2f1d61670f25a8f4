// haven-xr: the client. Wires the parts together, and nothing else.

#include "xr_app/client.hpp"
#include "xr_app/link_command.hpp"
#include "xr_app/log.hpp"
#include "xr_app/mirror/desk.hpp"
#include "xr_app/options.hpp"
#include "xr_app/outbox_command.hpp"
#include "xr_app/replay_run.hpp"

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <print>
#include <string_view>

namespace {

int run(int argc, char** argv) {
    const auto started_at = std::chrono::steady_clock::now();
    if (argc > 1 && std::string_view(argv[1]) == "outbox") {
        const haven::CommandResult result = haven::run_outbox_command(argc - 1, argv + 1);
        std::print(result.exit_code == 0 ? stdout : stderr, "{}", result.text);
        return result.exit_code;
    }
    if (argc > 1 &&
        (std::string_view(argv[1]) == "link" || std::string_view(argv[1]) == "unlink")) {
        return haven::run_link_commands(argc - 1, argv + 1);
    }
    const auto options = haven::parse_options(argc, argv);
    if (!options) {
        std::print(options.error().exit_code == 0 ? stdout : stderr, "{}", options.error().text);
        return options.error().exit_code;
    }
    const haven::LogGuard log(options->log_level);
    const auto done = options->replay.empty() ? haven::Client::run(*options, started_at)
                                              : haven::run_replay(*options);
    if (!done) {
        std::println(stderr, "haven-xr: error: {}", done.error().message);
        return done.error().exit_code;
    }
    return 0;
}

} // namespace

int main(int argc, char** argv) {
    try {
        const int status = run(argc, argv);
        if (haven::Desk::left_behind()) {
            static_cast<void>(std::fflush(nullptr));
            std::_Exit(status);
        }
        return status;
    } catch (const std::exception& problem) {
        static_cast<void>(std::fputs("haven-xr: error: ", stderr));
        static_cast<void>(std::fputs(problem.what(), stderr));
        static_cast<void>(std::fputs("\n", stderr));
        return 1;
    }
}
