#pragma once

#include <string>
#include <string_view>

namespace haven::test {

/// Nothing in the log that a validation layer of Vulkan or OpenXR, a sanitizer or an assertion
/// writes.
[[nodiscard]] std::string complaints_in(std::string_view log);

} // namespace haven::test
