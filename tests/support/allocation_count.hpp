#pragma once

#include <cstddef>
#include <functional>

namespace haven::test {

/// How often the calling thread asked `operator new` for memory while `work` ran. A program that
/// has allocation_count.cpp counts; C code's malloc is not counted.
[[nodiscard]] std::size_t allocations_in(const std::function<void()>& work);

} // namespace haven::test
