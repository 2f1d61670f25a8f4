#pragma once

#include <chrono>
#include <functional>

/// The one place where a test lets time pass. Everything else waits on something: a test that
/// sleeps, or that compares clocks, is a test of the machine.
namespace haven::test {

using Milliseconds = std::chrono::milliseconds;

/// Waits until `condition` holds, looking every `every`; false when `deadline` passed first. The
/// last look comes after the deadline, so a machine that stood still does not fail it. A deadline
/// says when to give up and nothing else; a sanitizer's build is given many times as long.
[[nodiscard]] bool await(Milliseconds deadline, const std::function<bool()>& condition,
                         Milliseconds every = Milliseconds{5});

} // namespace haven::test
