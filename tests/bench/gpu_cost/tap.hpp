#pragma once

#include "tests/bench/gpu_cost/recipe.hpp"

#include <cstdint>
#include <string>
#include <vector>

/// Linked into a program, it stands between the renderer and Vulkan (its vk* functions are found
/// before the loader's): it keeps the recipe of every pipeline that is made, and can have a frame
/// counted instead of drawn. For one device at a time, on one thread.
namespace haven::gpu_cost {

/// What one draw of a counted frame would have asked of a GPU.
struct DrawCount {
    std::size_t recipe = 0; ///< of recipes()
    std::uint64_t fragments = 0;
    double quads = 0.0;          ///< of 2 x 2 fragments
    std::uint64_t live = 0;      ///< fragments of foliage that are leaf; else all of them
    std::uint64_t samples = 0;   ///< that passed the depth test
    std::uint64_t vertices = 0;  ///< that were shaded, both eyes
    std::uint64_t triangles = 0; ///< that came to the rasterizer, both eyes
};

/// Equal ones are kept once.
[[nodiscard]] const std::vector<Recipe>& recipes();
/// Of pipelines made since the last call, in the order in which they were made; may repeat.
[[nodiscard]] std::vector<std::size_t> take_used_recipes();

/// From now on frames are counted, not drawn: nothing is seen of them. Before the device is made.
void count_frames(bool counting);
/// Forgets what was counted; before the frame.
void begin_counted_frame();
/// Of the frame since; after the GPU has finished it.
[[nodiscard]] std::vector<DrawCount> counted_draws();

} // namespace haven::gpu_cost
