#include "xr_app/log.hpp"

#include <spdlog/async.h>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

#include <cstddef>
#include <memory>
#include <stdlib.h> // NOLINT(modernize-deprecated-headers): POSIX, not in <cstdlib>
#include <string>
#include <utility>

namespace haven {

namespace {

constexpr std::size_t lines_max = 1024;

} // namespace

LogGuard::LogGuard(const std::string& level) {
    // The OpenXR loader repeats on stderr what we say better, once a second while a runtime is
    // away.
    setenv("XR_LOADER_DEBUG", "none", 0);
    spdlog::init_thread_pool(lines_max, 1);
    auto logger = std::make_shared<spdlog::async_logger>(
        "haven", std::make_shared<spdlog::sinks::stderr_color_sink_mt>(), spdlog::thread_pool(),
        spdlog::async_overflow_policy::overrun_oldest);
    logger->set_level(spdlog::level::from_str(level));
    logger->set_pattern("%H:%M:%S.%e %^%l%$ %v");
    spdlog::set_default_logger(std::move(logger));
}

LogGuard::~LogGuard() {
    spdlog::shutdown();
}

} // namespace haven
