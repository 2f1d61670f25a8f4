#pragma once

#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <variant>

/// Structured logs on stderr: one line an event, as JSON or logfmt. Names of events and keys are
/// ours; values are ids, numbers and our own words, NEVER what a user wrote, a token, a name, an
/// address or a drawing.
namespace haven::log {

enum class Level : std::uint8_t { debug, info, warn, error };
enum class Format : std::uint8_t { json, logfmt };

/// One key and its value: {"route", "/v1/sessions"}, {"status", 201}, {"seconds", 0.013},
/// {"request_id", id}.
struct Field {
    std::string_view key;
    std::variant<std::string_view, std::int64_t, double, bool> value;

    Field(std::string_view k, std::string_view v) : key(k), value(v) {}
    Field(std::string_view k, const std::string& v) : key(k), value(std::string_view(v)) {}
    Field(std::string_view k, const char* v) : key(k), value(std::string_view(v)) {}
    Field(std::string_view k, bool v) : key(k), value(v) {}
    Field(std::string_view k, double v) : key(k), value(v) {}
    template <std::integral T>
        requires(!std::same_as<T, bool>)
    Field(std::string_view k, T v) : key(k), value(static_cast<std::int64_t>(v)) {}
};

/// Once, at start; before it, and after shutdown(), lines go out as logfmt at info.
void init(Level level, Format format);
void shutdown(); ///< writes what is buffered

/// A row of the record, as JSON, whatever the level.
void audit(std::string_view row);

/// Any thread. `event` is a short name in snake_case: "request", "migrated",
/// "database_unavailable".
void write(Level level, std::string_view event, std::initializer_list<Field> fields = {});

inline void debug(std::string_view event, std::initializer_list<Field> fields = {}) {
    write(Level::debug, event, fields);
}
inline void info(std::string_view event, std::initializer_list<Field> fields = {}) {
    write(Level::info, event, fields);
}
inline void warn(std::string_view event, std::initializer_list<Field> fields = {}) {
    write(Level::warn, event, fields);
}
inline void error(std::string_view event, std::initializer_list<Field> fields = {}) {
    write(Level::error, event, fields);
}

/// The line write() would send, without time and newline: for tests.
[[nodiscard]] std::string format_line(Format format, Level level, std::string_view event,
                                      std::initializer_list<Field> fields);

} // namespace haven::log
