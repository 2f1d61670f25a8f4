#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace haven::http {

/// A body of application/x-www-form-urlencoded. Pure.
class Form {
  public:
    /// Nothing where it is none: an escape that is none, a name twice or empty, what could not be
    /// stored.
    [[nodiscard]] static std::optional<Form> parse(std::string_view body);

    /// The value of `name`; nothing where it is not there, or empty (RFC 6749 3.2).
    [[nodiscard]] std::optional<std::string_view> value(std::string_view name) const;

  private:
    std::vector<std::pair<std::string, std::string>> fields_;
};

} // namespace haven::http
