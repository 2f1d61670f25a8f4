#include "xr_app/replay_run.hpp"

#include "bilateral/hand_sample.hpp"
#include "bilateral/pose_trace.hpp"
#include "bilateral/stroke_json.hpp"
#include "xr_app/client_error.hpp"
#include "xr_app/drawing_session.hpp"
#include "xr_app/options.hpp"

#include <array>
#include <cstddef>
#include <expected>
#include <filesystem>
#include <format>
#include <fstream>
#include <ios>
#include <print>
#include <span>
#include <string>
#include <system_error>
#include <tuple>
#include <utility>
#include <vector>

namespace haven {

namespace {

/// No more than tells that it is too long.
std::expected<std::vector<char>, ClientError> read_bytes(const std::filesystem::path& file) {
    constexpr std::size_t piece_bytes = std::size_t{1} << 20U;
    std::ifstream stream(file, std::ios::binary);
    std::vector<char> bytes;
    while (stream && bytes.size() <= TraceLimits::bytes_max) {
        const std::size_t before = bytes.size();
        bytes.resize(before + piece_bytes);
        stream.read(bytes.data() + before, piece_bytes);
        bytes.resize(before + static_cast<std::size_t>(stream.gcount()));
    }
    if (!stream && !stream.eof()) {
        return std::unexpected(
            ClientError{.message = std::format("--replay: cannot read {}", file.string())});
    }
    return bytes;
}

std::expected<Trace, ClientError> read_trace(const std::filesystem::path& file) {
    const auto bytes = read_bytes(file);
    if (!bytes) {
        return std::unexpected(bytes.error());
    }
    auto trace = decode_trace_prefix(std::as_bytes(std::span(*bytes)));
    if (!trace) {
        return std::unexpected(ClientError{
            .message = std::format("--replay: {} is damaged at byte {}: {}", file.string(),
                                   trace.error().offset, trace.error().what)});
    }
    return std::move(*trace);
}

} // namespace

std::expected<std::array<std::string, 2>, ClientError>
replay_ink(const std::filesystem::path& trace_file) {
    const auto trace = read_trace(trace_file);
    if (!trace) {
        return std::unexpected(trace.error());
    }
    DrawingSession drawing({}, nullptr, nullptr);
    drawing.begin(trace->header);
    auto event = trace->events.begin();
    for (std::size_t i = 0; i < trace->samples.size(); ++i) {
        for (; event != trace->events.end() && event->before_sample <= i; ++event) {
            drawing.record(event->event);
        }
        std::ignore = drawing.add(trace->samples[i]);
    }
    for (; event != trace->events.end(); ++event) {
        drawing.record(event->event);
    }
    drawing.finish("{}");
    return std::array{encode_ink(Hand::left, drawing.strokes_of(Hand::left)),
                      encode_ink(Hand::right, drawing.strokes_of(Hand::right))};
}

std::expected<void, ClientError> run_replay(const Options& options) {
    const auto ink = replay_ink(options.replay);
    if (!ink) {
        return std::unexpected(ink.error());
    }
    if (options.ink_out.empty()) {
        std::println("{}\n{}", ink->front(), ink->back());
        return {};
    }
    std::error_code failed;
    std::filesystem::create_directories(options.ink_out, failed);
    for (const Hand hand : {Hand::left, Hand::right}) {
        const auto file = options.ink_out / std::format("{}.json", to_string(hand));
        std::ofstream stream(file, std::ios::binary);
        stream << ink->at(static_cast<std::size_t>(hand));
        if (!stream.flush()) {
            return std::unexpected(
                ClientError{.message = std::format("--ink-out: cannot write {}", file.string())});
        }
    }
    return {};
}

} // namespace haven
