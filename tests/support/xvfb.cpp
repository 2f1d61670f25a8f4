#include "tests/support/xvfb.hpp"

#include "tests/support/process.hpp"

#include <csignal>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <utility>

namespace haven::test {

namespace {

constexpr Milliseconds start_deadline{60'000};

} // namespace

Xvfb::Xvfb() {
    const std::filesystem::path stem = directory_.path() / "xvfb";
    // It takes a display's number that is free, and writes it.
    auto started = Process::start({.argv = {"Xvfb", "-displayfd", "1", "-screen", "0",
                                            "1400x900x24", "-nolisten", "tcp", "-noreset"},
                                   .output_stem = stem});
    if (!started) {
        throw std::runtime_error(started.error());
    }
    process_.emplace(std::move(*started));
    const bool ready = await(
        start_deadline, [&] { return process_->output().ends_with('\n') || !process_->running(); });
    if (!ready || !process_->running()) {
        throw std::runtime_error("Xvfb did not start:\n" + process_->errors());
    }
    const std::string number = process_->output();
    name_ = ":" + number.substr(0, number.size() - 1);
}

Xvfb::~Xvfb() {
    go_on();
}

void Xvfb::stand_still() {
    process_->signal(SIGSTOP);
}

void Xvfb::go_on() {
    process_->signal(SIGCONT);
}

} // namespace haven::test
