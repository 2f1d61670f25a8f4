#include "tests/support/complaints.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <string_view>

namespace haven::test {

std::string complaints_in(std::string_view log) {
    constexpr std::array<std::string_view, 6> marks{"VALID_ERROR", "VALID_WARNING", "VUID-",
                                                    "SYNC-HAZARD", "Assertion",     "Sanitizer"};
    // The layer of OpenXR greets and takes leave under a VUID, too.
    constexpr std::string_view greeting = "VALID_DEBUG|VUID-CoreValidation";
    std::string found;
    for (std::size_t begin = 0; begin < log.size();) {
        const std::size_t end = std::min(log.find('\n', begin), log.size());
        const std::string_view line = log.substr(begin, end - begin);
        const auto in_line = [&](std::string_view mark) { return line.contains(mark); };
        if (std::ranges::any_of(marks, in_line) && !in_line(greeting)) {
            found += std::string(line) + "\n";
        }
        begin = end + 1;
    }
    return found;
}

} // namespace haven::test
