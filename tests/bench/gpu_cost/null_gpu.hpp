#pragma once

#include "tests/bench/gpu_cost/recipe.hpp"

#include <vulkan/vulkan.h>

#include <cstdint>
#include <expected>
#include <memory>
#include <string>
#include <vector>

namespace haven::gpu_cost {

/// What a compiler says of one stage of a pipeline.
struct StageCost {
    std::uint64_t vgprs = 0;
    std::uint64_t spills = 0; ///< of both kinds of registers
    std::uint64_t instructions = 0;
    std::uint64_t cycles = 0; ///< inverse throughput: of a SIMD, for a wave of 64
    std::uint64_t loads = 0;  ///< of textures and buffers
    friend bool operator==(const StageCost&, const StageCost&) = default;
};
struct PipelineCost {
    StageCost vertex;
    StageCost fragment;
    friend bool operator==(const PipelineCost&, const PipelineCost&) = default;
};

/// Mesa's driver for AMD's GPUs, without any: RADV on its null hardware compiles as for the family
/// that it is told, and says what came out. It has no memory and draws nothing.
class NullGpu {
  public:
    /// `family` as RADV_FORCE_FAMILY takes it: navi23, vangogh. Changes the environment of the
    /// process, so that instances made later would find this driver alone.
    [[nodiscard]] static std::expected<std::unique_ptr<NullGpu>, std::string>
    create(const std::string& family);
    ~NullGpu();
    NullGpu(const NullGpu&) = delete;
    NullGpu& operator=(const NullGpu&) = delete;

    [[nodiscard]] std::expected<PipelineCost, std::string> compile(const Recipe& recipe) const;
    /// Mesa's version, as `Mesa 25.0.7-2`.
    [[nodiscard]] const std::string& driver() const { return driver_; }

  private:
    NullGpu() = default;
    [[nodiscard]] std::expected<void, std::string> create_device();

    VkInstance instance_ = nullptr;
    VkPhysicalDevice physical_ = nullptr;
    VkDevice device_ = nullptr;
    VkDescriptorSetLayout set_layout_ = nullptr;
    VkPipelineLayout layout_ = nullptr;
    std::string driver_;
};

} // namespace haven::gpu_cost
