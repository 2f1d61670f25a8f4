#pragma once

#include <algorithm>
#include <cstddef>
#include <thread>
#include <vector>

namespace haven::scene {

/// work(i) for each i below `count`, shared out to threads; returns when all is done. Each i on its
/// own, so that the number of threads changes nothing in the result.
template <typename Work>
void for_each_index(std::size_t count, const Work& work) {
    const std::size_t step = std::clamp(std::thread::hardware_concurrency(), 1U, 8U);
    std::vector<std::jthread> threads;
    threads.reserve(step);
    for (std::size_t first = 0; first < std::min(step, count); ++first) {
        threads.emplace_back([first, count, step, &work] {
            for (std::size_t i = first; i < count; i += step) {
                work(i);
            }
        });
    }
}

} // namespace haven::scene
