#pragma once

#include "bilateral/stroke.hpp"
#include "server/store/statement.hpp"

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace haven::store {

/// PostgreSQL's epoch, 2000-01-01T00:00:00Z, in microseconds since 1970.
inline constexpr std::int64_t epoch_2000_us = 946'684'800'000'000;

/// One parameter ($1, $2, ...). Numbers, uuids and times are copied; text, json and bytes are
/// VIEWS: what they look at must outlive the co_await that sends them. PostgreSQL infers the type
/// from the statement; write a cast ($1::uuid) where it cannot. uuid, timestamptz and bytea travel
/// in binary, the rest as text.
class Param {
  public:
    Param(std::nullptr_t) {} ///< NULL
    Param(const Uuid& id);
    Param(bool value);
    template <std::integral T>
        requires(!std::same_as<T, bool> && !std::same_as<T, char>)
    Param(T value) : Param(IntegerTag{}, static_cast<std::int64_t>(value)) {}
    Param(double value);
    Param(std::string_view text) : data_(text.data()), size_(text.size()), null_(false) {}
    Param(const std::string& text) : Param(std::string_view(text)) { terminated_ = true; }
    Param(const char* text) : Param(std::string_view(text)) { terminated_ = true; }
    Param(std::span<const std::byte> bytes);
    template <typename T>
    Param(const std::optional<T>& value) : Param(value ? Param(*value) : Param(nullptr)) {}

    [[nodiscard]] bool is_null() const { return null_; }
    [[nodiscard]] bool is_binary() const { return binary_; }
    /// A zero follows the value.
    [[nodiscard]] bool is_terminated() const { return terminated_ || data_ == nullptr; }
    /// The wire value.
    [[nodiscard]] std::string_view value() const;

    /// A timestamptz from microseconds since 1970-01-01T00:00:00Z; the integer's ends are times
    /// without an end.
    [[nodiscard]] static Param time_us(std::int64_t microseconds);

  private:
    struct IntegerTag {};
    Param(IntegerTag tag, std::int64_t value);

    const char* data_ = nullptr; ///< null: the value lies in inline_
    std::size_t size_ = 0;
    std::array<char, 32> inline_{};
    bool null_ = true;
    bool binary_ = false;
    bool terminated_ = false;
};

/// A timestamptz parameter from microseconds since 1970 (api::TimeUs).
[[nodiscard]] inline Param time_us(std::int64_t microseconds) {
    return Param::time_us(microseconds);
}
[[nodiscard]] inline Param time_us(std::optional<std::int64_t> microseconds) {
    return microseconds ? Param::time_us(*microseconds) : Param(nullptr);
}

/// A statement with its parameters: what a pipeline is made of.
struct Call {
    const Statement* statement;
    std::vector<Param> params;
};

template <typename... P>
[[nodiscard]] Call call(const Statement& statement, P&&... params) {
    return Call{&statement, std::vector<Param>{Param(std::forward<P>(params))...}};
}

} // namespace haven::store
