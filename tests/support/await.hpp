#pragma once

#include <chrono>
#include <functional>

/// The one place where a test lets time pass. Everything else waits on something: a test that
/// sleeps, or that compares clocks, is a test of the machine.
namespace haven::test {

using Milliseconds = std::chrono::milliseconds;

/// How many times as long as any other a sanitizer's build may take.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr int slowness = 10;
#else
inline constexpr int slowness = 1;
#endif

/// Waits until `condition` holds, looking every `every`; false when `deadline` passed first. The
/// last look comes after the deadline, so a machine that stood still does not fail it. A deadline
/// says when to give up and nothing else; `slowness` times as long is given.
[[nodiscard]] bool await(Milliseconds deadline, const std::function<bool()>& condition,
                         Milliseconds every = Milliseconds{5});

} // namespace haven::test
