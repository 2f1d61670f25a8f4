#include "tests/bench/gpu_cost/tap.hpp"

#include "tests/bench/gpu_cost/recipe.hpp"

#include <vulkan/vulkan.h>

#include <dlfcn.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <iterator>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace haven::gpu_cost {
namespace {

// clang-format off
constexpr std::uint32_t count_code[] = {
#include "shaders/count.frag.inc"
};
constexpr std::uint32_t count_leaves_code[] = {
#include "shaders/count_leaves.frag.inc"
};
constexpr std::uint32_t cut_leaves_code[] = {
#include "shaders/cut_leaves.frag.inc"
};
// clang-format on

constexpr std::uint32_t draws_max = 2000;
constexpr std::uint32_t slot_bytes = 256; // a dynamic offset's alignment, on any device
constexpr std::uint32_t views = 2;        // a query of a multiview draw fills one for each view

template <typename F>
F* loader(F* /*type*/, const char* name) {
    static void* const library = dlopen("libvulkan.so.1", RTLD_NOW);
    auto* const found = reinterpret_cast<F*>(dlsym(library, name));
    if (found == nullptr) {
        std::fprintf(stderr, "the Vulkan loader has no %s\n", name);
        std::abort();
    }
    return found;
}
#define HAVEN_NEXT(function) static auto* const next = loader(&::function, #function)

struct Tapped {
    std::size_t recipe = 0;
    VkPipeline count = nullptr; ///< the same, but it counts
    VkPipeline cut = nullptr;   ///< foliage: then the leaves' depth, for what is behind them
};

/// Everything of the tapped device.
struct Tap {
    bool counting = false;
    bool armed = false; ///< between begin_counted_frame() and counted_draws()
    VkPhysicalDevice physical = nullptr;
    VkDevice device = nullptr;
    std::map<VkShaderModule, std::vector<std::uint32_t>> modules;
    std::map<VkPipeline, Tapped> pipelines;
    std::vector<Recipe> recipes;
    std::map<std::string, std::size_t> by_name;
    std::vector<std::size_t> used;
    VkPipeline bound = nullptr;
    VkPipelineLayout layout = nullptr;
    VkDescriptorSetLayout set_layout = nullptr;
    VkDescriptorSet set = nullptr;
    VkQueryPool samples = nullptr;
    VkQueryPool statistics = nullptr;
    std::byte* counts = nullptr;
    std::vector<std::size_t> draws; ///< recipes, a slot each
};

Tap& tap() {
    static Tap it;
    return it;
}

void make_counters(Tap& t) {
    const VkDescriptorSetLayoutBinding binding{.binding = 0,
                                               .descriptorType =
                                                   VK_DESCRIPTOR_TYPE_STORAGE_BUFFER_DYNAMIC,
                                               .descriptorCount = 1,
                                               .stageFlags = VK_SHADER_STAGE_FRAGMENT_BIT};
    const VkDescriptorSetLayoutCreateInfo set_layout{
        .sType = VK_STRUCTURE_TYPE_DESCRIPTOR_SET_LAYOUT_CREATE_INFO,
        .bindingCount = 1,
        .pBindings = &binding};
    vkCreateDescriptorSetLayout(t.device, &set_layout, nullptr, &t.set_layout);
    const VkDescriptorPoolSize size{VK_DESCRIPTOR_TYPE_STORAGE_BUFFER_DYNAMIC, 1};
    const VkDescriptorPoolCreateInfo pool_info{.sType =
                                                   VK_STRUCTURE_TYPE_DESCRIPTOR_POOL_CREATE_INFO,
                                               .maxSets = 1,
                                               .poolSizeCount = 1,
                                               .pPoolSizes = &size};
    VkDescriptorPool pool = nullptr;
    vkCreateDescriptorPool(t.device, &pool_info, nullptr, &pool);
    const VkDescriptorSetAllocateInfo set_info{.sType =
                                                   VK_STRUCTURE_TYPE_DESCRIPTOR_SET_ALLOCATE_INFO,
                                               .descriptorPool = pool,
                                               .descriptorSetCount = 1,
                                               .pSetLayouts = &t.set_layout};
    vkAllocateDescriptorSets(t.device, &set_info, &t.set);

    const VkBufferCreateInfo buffer_info{.sType = VK_STRUCTURE_TYPE_BUFFER_CREATE_INFO,
                                         .size = VkDeviceSize{draws_max} * slot_bytes,
                                         .usage = VK_BUFFER_USAGE_STORAGE_BUFFER_BIT};
    VkBuffer buffer = nullptr;
    vkCreateBuffer(t.device, &buffer_info, nullptr, &buffer);
    VkMemoryRequirements needs{};
    vkGetBufferMemoryRequirements(t.device, buffer, &needs);
    VkPhysicalDeviceMemoryProperties types{};
    vkGetPhysicalDeviceMemoryProperties(t.physical, &types);
    std::uint32_t type = 0;
    while (((needs.memoryTypeBits >> type) & 1U) == 0 ||
           (types.memoryTypes[type].propertyFlags & VK_MEMORY_PROPERTY_HOST_COHERENT_BIT) == 0) {
        if (++type >= types.memoryTypeCount) {
            std::fputs("bench-gpu-cost: this device has no memory to count in\n", stderr);
            std::abort();
        }
    }
    const VkMemoryAllocateInfo allocate{.sType = VK_STRUCTURE_TYPE_MEMORY_ALLOCATE_INFO,
                                        .allocationSize = needs.size,
                                        .memoryTypeIndex = type};
    VkDeviceMemory memory = nullptr;
    vkAllocateMemory(t.device, &allocate, nullptr, &memory);
    vkBindBufferMemory(t.device, buffer, memory, 0);
    void* mapped = nullptr;
    vkMapMemory(t.device, memory, 0, VK_WHOLE_SIZE, 0, &mapped);
    t.counts = static_cast<std::byte*>(mapped);
    const VkDescriptorBufferInfo slot{buffer, 0, slot_bytes};
    const VkWriteDescriptorSet write{.sType = VK_STRUCTURE_TYPE_WRITE_DESCRIPTOR_SET,
                                     .dstSet = t.set,
                                     .descriptorCount = 1,
                                     .descriptorType = VK_DESCRIPTOR_TYPE_STORAGE_BUFFER_DYNAMIC,
                                     .pBufferInfo = &slot};
    vkUpdateDescriptorSets(t.device, 1, &write, 0, nullptr);

    VkQueryPoolCreateInfo query{.sType = VK_STRUCTURE_TYPE_QUERY_POOL_CREATE_INFO,
                                .queryType = VK_QUERY_TYPE_OCCLUSION,
                                .queryCount = views * draws_max};
    vkCreateQueryPool(t.device, &query, nullptr, &t.samples);
    query.queryType = VK_QUERY_TYPE_PIPELINE_STATISTICS;
    query.pipelineStatistics = VK_QUERY_PIPELINE_STATISTIC_VERTEX_SHADER_INVOCATIONS_BIT |
                               VK_QUERY_PIPELINE_STATISTIC_CLIPPING_PRIMITIVES_BIT;
    vkCreateQueryPool(t.device, &query, nullptr, &t.statistics);
}

bool is_foliage(const Recipe& recipe) {
    return recipe.kind() == "scene foliage";
}

/// The pipeline again, with a fragment shader that counts. Foliage is counted before it is cut:
/// it writes no depth here, so that what one leaf hides of another in the same draw counts, too.
void make_counting(const Tap& t, Recipe recipe, Tapped& tapped) {
    const bool foliage = is_foliage(recipe);
    recipe.alpha_to_coverage = false;
    recipe.blend = {};
    if (foliage) {
        recipe.code[1].assign(std::begin(cut_leaves_code), std::end(cut_leaves_code));
        tapped.cut = make_pipeline(t.device, t.layout, recipe, 0);
        recipe.code[1].assign(std::begin(count_leaves_code), std::end(count_leaves_code));
        recipe.writes_depth = false;
    } else {
        recipe.code[1].assign(std::begin(count_code), std::end(count_code));
    }
    tapped.count = make_pipeline(t.device, t.layout, recipe, 0);
}

template <typename Draw>
void counted(VkCommandBuffer commands, const Draw& draw) {
    Tap& t = tap();
    if (!t.counting) {
        draw();
        return;
    }
    const auto found = t.pipelines.find(t.bound);
    if (!t.armed || found == t.pipelines.end() || t.draws.size() == draws_max) {
        return; // frames before only copy
    }
    const Tapped& pipeline = found->second;
    static auto* const bind = loader(&::vkCmdBindPipeline, "vkCmdBindPipeline");
    const auto slot = static_cast<std::uint32_t>(t.draws.size());
    const std::uint32_t offset = slot * slot_bytes;
    bind(commands, VK_PIPELINE_BIND_POINT_GRAPHICS, pipeline.count);
    vkCmdBindDescriptorSets(commands, VK_PIPELINE_BIND_POINT_GRAPHICS, t.layout, 1, 1, &t.set, 1,
                            &offset);
    vkCmdBeginQuery(commands, t.samples, views * slot, VK_QUERY_CONTROL_PRECISE_BIT);
    vkCmdBeginQuery(commands, t.statistics, views * slot, 0);
    draw();
    vkCmdEndQuery(commands, t.statistics, views * slot);
    vkCmdEndQuery(commands, t.samples, views * slot);
    if (pipeline.cut != nullptr) {
        bind(commands, VK_PIPELINE_BIND_POINT_GRAPHICS, pipeline.cut);
        draw();
    }
    bind(commands, VK_PIPELINE_BIND_POINT_GRAPHICS, t.bound);
    t.draws.push_back(pipeline.recipe);
}

} // namespace

const std::vector<Recipe>& recipes() {
    return tap().recipes;
}

std::vector<std::size_t> take_used_recipes() {
    return std::exchange(tap().used, {});
}

void count_frames(bool counting) {
    tap().counting = counting;
}

void begin_counted_frame() {
    Tap& t = tap();
    std::memset(t.counts, 0, std::size_t{draws_max} * slot_bytes);
    t.draws.clear();
    t.armed = true;
}

std::vector<DrawCount> counted_draws() {
    Tap& t = tap();
    t.armed = false;
    std::vector<DrawCount> all;
    for (std::uint32_t slot = 0; slot < t.draws.size(); ++slot) {
        std::array<std::uint32_t, 3> counts{};
        std::memcpy(counts.data(), t.counts + std::size_t{slot} * slot_bytes, sizeof counts);
        // With each value whether it is there.
        std::array<std::array<std::uint64_t, 2>, views> samples{};
        std::array<std::array<std::uint64_t, 3>, views> statistics{};
        constexpr VkQueryResultFlags flags =
            VK_QUERY_RESULT_64_BIT | VK_QUERY_RESULT_WITH_AVAILABILITY_BIT;
        vkGetQueryPoolResults(t.device, t.samples, views * slot, views, sizeof samples,
                              samples.data(), sizeof samples[0], flags);
        vkGetQueryPoolResults(t.device, t.statistics, views * slot, views, sizeof statistics,
                              statistics.data(), sizeof statistics[0], flags);
        const bool leaves = is_foliage(t.recipes.at(t.draws[slot]));
        DrawCount draw{.recipe = t.draws[slot],
                       .fragments = counts[0],
                       .quads = counts[1] / 12.0,
                       .live = leaves ? counts[2] : counts[0]};
        for (std::size_t view = 0; view < views; ++view) {
            draw.samples += samples.at(view)[1] != 0 ? samples.at(view)[0] : 0;
            draw.vertices += statistics.at(view)[2] != 0 ? statistics.at(view)[0] : 0;
            draw.triangles += statistics.at(view)[2] != 0 ? statistics.at(view)[1] : 0;
        }
        all.push_back(draw);
    }
    return all;
}

} // namespace haven::gpu_cost

// What the renderer's libraries are linked against.
using haven::gpu_cost::Recipe;
using haven::gpu_cost::tap;
using haven::gpu_cost::Tapped;

extern "C" {

VkResult vkCreateDevice(VkPhysicalDevice physical, const VkDeviceCreateInfo* info,
                        const VkAllocationCallbacks* callbacks, VkDevice* device) {
    using haven::gpu_cost::loader;
    HAVEN_NEXT(vkCreateDevice);
    auto& t = tap();
    if (!t.counting) {
        return next(physical, info, callbacks, device);
    }
    // The renderer asks for no such feature: a copy of its list does.
    auto features = *static_cast<const VkPhysicalDeviceFeatures2*>(info->pNext);
    features.features.fragmentStoresAndAtomics = VK_TRUE;
    features.features.pipelineStatisticsQuery = VK_TRUE;
    features.features.occlusionQueryPrecise = VK_TRUE;
    VkDeviceCreateInfo more = *info;
    more.pNext = &features;
    const VkResult result = next(physical, &more, callbacks, device);
    if (result == VK_SUCCESS) {
        t.physical = physical;
        t.device = *device;
        t.modules.clear();
        t.pipelines.clear();
        make_counters(t);
    }
    return result;
}

VkResult vkCreateShaderModule(VkDevice device, const VkShaderModuleCreateInfo* info,
                              const VkAllocationCallbacks* callbacks, VkShaderModule* shader) {
    using haven::gpu_cost::loader;
    HAVEN_NEXT(vkCreateShaderModule);
    const VkResult result = next(device, info, callbacks, shader);
    if (result == VK_SUCCESS) {
        tap().modules[*shader].assign(info->pCode, info->pCode + info->codeSize / 4);
    }
    return result;
}

VkResult vkCreatePipelineLayout(VkDevice device, const VkPipelineLayoutCreateInfo* info,
                                const VkAllocationCallbacks* callbacks, VkPipelineLayout* layout) {
    using haven::gpu_cost::loader;
    HAVEN_NEXT(vkCreatePipelineLayout);
    auto& t = tap();
    if (!t.counting || device != t.device) {
        return next(device, info, callbacks, layout);
    }
    const std::array sets{info->pSetLayouts[0], t.set_layout};
    VkPipelineLayoutCreateInfo more = *info;
    more.setLayoutCount = sets.size();
    more.pSetLayouts = sets.data();
    const VkResult result = next(device, &more, callbacks, layout);
    t.layout = *layout;
    return result;
}

VkResult vkCreateGraphicsPipelines(VkDevice device, VkPipelineCache cache, std::uint32_t count,
                                   const VkGraphicsPipelineCreateInfo* infos,
                                   const VkAllocationCallbacks* callbacks, VkPipeline* pipelines) {
    using haven::gpu_cost::loader;
    HAVEN_NEXT(vkCreateGraphicsPipelines);
    const VkResult result = next(device, cache, count, infos, callbacks, pipelines);
    auto& t = tap();
    if (result != VK_SUCCESS || cache == nullptr) { // ours are made without one
        return result;
    }
    for (std::uint32_t i = 0; i < count; ++i) {
        Recipe recipe = Recipe::of(infos[i], t.modules.at(infos[i].pStages[0].module),
                                   t.modules.at(infos[i].pStages[1].module));
        const auto [known, fresh] = t.by_name.try_emplace(recipe.name(), t.recipes.size());
        Tapped tapped{.recipe = known->second};
        if (t.counting) {
            haven::gpu_cost::make_counting(t, recipe, tapped);
        }
        if (fresh) {
            t.recipes.push_back(std::move(recipe));
        }
        t.used.push_back(tapped.recipe);
        t.pipelines[pipelines[i]] = tapped;
    }
    return result;
}

VkResult vkBeginCommandBuffer(VkCommandBuffer commands, const VkCommandBufferBeginInfo* info) {
    using haven::gpu_cost::loader;
    HAVEN_NEXT(vkBeginCommandBuffer);
    const VkResult result = next(commands, info);
    auto& t = tap();
    if (t.armed) {
        vkCmdResetQueryPool(commands, t.samples, 0,
                            haven::gpu_cost::views * haven::gpu_cost::draws_max);
        vkCmdResetQueryPool(commands, t.statistics, 0,
                            haven::gpu_cost::views * haven::gpu_cost::draws_max);
    }
    return result;
}

void vkCmdBindPipeline(VkCommandBuffer commands, VkPipelineBindPoint point, VkPipeline pipeline) {
    using haven::gpu_cost::loader;
    HAVEN_NEXT(vkCmdBindPipeline);
    tap().bound = pipeline;
    next(commands, point, pipeline);
}

void vkCmdDraw(VkCommandBuffer commands, std::uint32_t vertices, std::uint32_t instances,
               std::uint32_t first_vertex, std::uint32_t first_instance) {
    using haven::gpu_cost::loader;
    HAVEN_NEXT(vkCmdDraw);
    haven::gpu_cost::counted(
        commands, [&] { next(commands, vertices, instances, first_vertex, first_instance); });
}

void vkCmdDrawIndexed(VkCommandBuffer commands, std::uint32_t indices, std::uint32_t instances,
                      std::uint32_t first_index, std::int32_t offset,
                      std::uint32_t first_instance) {
    using haven::gpu_cost::loader;
    HAVEN_NEXT(vkCmdDrawIndexed);
    haven::gpu_cost::counted(
        commands, [&] { next(commands, indices, instances, first_index, offset, first_instance); });
}

} // extern "C"
