#include "server/log.hpp"

#include <spdlog/logger.h>
#include <spdlog/sinks/stdout_sinks.h>

#include <array>
#include <atomic>
#include <cctype>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <format>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <variant>

namespace haven::log {

namespace {

std::atomic<Level> lowest_level{Level::info};
std::atomic<Format> line_format{Format::logfmt};

constexpr std::array level_names{std::string_view("debug"), std::string_view("info"),
                                 std::string_view("warn"), std::string_view("error")};

std::string_view name(Level level) {
    return level_names.at(static_cast<std::size_t>(level));
}

spdlog::logger& logger() {
    static const auto instance = [] {
        auto made = std::make_shared<spdlog::logger>(
            "haven", std::make_shared<spdlog::sinks::stderr_sink_mt>());
        made->set_level(spdlog::level::trace); // lines are chosen before they are made
        made->set_pattern("%v");
        made->flush_on(spdlog::level::warn);
        return made;
    }();
    return *instance;
}

/// JSON's string; control characters, quotes and backslashes cannot break a line out of its line.
void append_quoted(std::string& line, std::string_view text) {
    line += '"';
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\') {
            line += '\\';
            line += c;
        } else if (byte < 0x20 || byte == 0x7F) {
            line += std::format("\\u{:04x}", byte);
        } else {
            line += c;
        }
    }
    line += '"';
}

bool is_plain(std::string_view text) {
    if (text.empty()) {
        return false;
    }
    for (const char c : text) {
        if (std::isalnum(static_cast<unsigned char>(c)) == 0 &&
            !std::string_view("-_./:@+").contains(c)) {
            return false;
        }
    }
    return true;
}

void append_value(std::string& line, const Field& field, Format format) {
    if (const auto* text = std::get_if<std::string_view>(&field.value)) {
        if (format == Format::logfmt && is_plain(*text)) {
            line += *text;
        } else {
            append_quoted(line, *text);
        }
    } else if (const auto* integer = std::get_if<std::int64_t>(&field.value)) {
        line += std::to_string(*integer);
    } else if (const auto* number = std::get_if<double>(&field.value)) {
        line += std::isfinite(*number) ? std::format("{}", *number) : std::string("null");
    } else {
        line += std::get<bool>(field.value) ? "true" : "false";
    }
}

void append_field(std::string& line, const Field& field, Format format) {
    if (format == Format::json) {
        line += ',';
        append_quoted(line, field.key);
        line += ':';
    } else {
        line += ' ';
        line += field.key;
        line += '=';
    }
    append_value(line, field, format);
}

std::string time_now() {
    const auto now =
        std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
    return std::format("{:%FT%TZ}", now);
}

} // namespace

std::string format_line(Format format, Level level, std::string_view event,
                        std::initializer_list<Field> fields) {
    std::string line;
    line.reserve(128);
    if (format == Format::json) {
        line += R"("level":")";
        line += name(level);
        line += R"(","event":)";
        append_quoted(line, event);
    } else {
        line += "level=";
        line += name(level);
        append_field(line, Field("event", event), format);
    }
    for (const Field& field : fields) {
        append_field(line, field, format);
    }
    return line;
}

void init(Level level, Format format) {
    lowest_level = level;
    line_format = format;
}

void shutdown() {
    logger().flush();
    lowest_level = Level::info;
    line_format = Format::logfmt;
}

namespace {

void send(Level level, Format format, const std::string& line) {
    const std::string whole = format == Format::json
                                  ? std::format(R"({{"time":"{}",{}}})", time_now(), line)
                                  : std::format("time={} {}", time_now(), line);
    logger().log(level >= Level::warn ? spdlog::level::warn : spdlog::level::info,
                 spdlog::string_view_t(whole.data(), whole.size()));
}

} // namespace

void write(Level level, std::string_view event, std::initializer_list<Field> fields) {
    if (level < lowest_level.load(std::memory_order_relaxed)) {
        return;
    }
    const Format format = line_format;
    send(level, format, format_line(format, level, event, fields));
}

void audit(std::string_view row) {
    const Format format = line_format;
    send(Level::info, format,
         format == Format::json
             ? format_line(format, Level::info, "audit", {}) + std::format(R"(,"row":{})", row)
             : format_line(format, Level::info, "audit", {{"row", row}}));
}

} // namespace haven::log
