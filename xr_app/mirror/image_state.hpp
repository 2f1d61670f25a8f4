#pragma once

#include "renderer/gpu/upload.hpp"

#include <vulkan/vulkan.h>

namespace haven {

/// What an image is used for, and how it lies then.
struct ImageState {
    VkImageLayout layout;
    VkPipelineStageFlags2 stage;
    VkAccessFlags2 access;
};

namespace image_state {
inline constexpr ImageState drawn{
    VK_IMAGE_LAYOUT_COLOR_ATTACHMENT_OPTIMAL, VK_PIPELINE_STAGE_2_COLOR_ATTACHMENT_OUTPUT_BIT,
    VK_ACCESS_2_COLOR_ATTACHMENT_WRITE_BIT | VK_ACCESS_2_COLOR_ATTACHMENT_READ_BIT};
inline constexpr ImageState copied_from{VK_IMAGE_LAYOUT_TRANSFER_SRC_OPTIMAL,
                                        VK_PIPELINE_STAGE_2_TRANSFER_BIT,
                                        VK_ACCESS_2_TRANSFER_READ_BIT};
inline constexpr ImageState copied_to{VK_IMAGE_LAYOUT_TRANSFER_DST_OPTIMAL,
                                      VK_PIPELINE_STAGE_2_TRANSFER_BIT,
                                      VK_ACCESS_2_TRANSFER_WRITE_BIT};
/// Nobody uses it any more, as a fence has said, and what it shows may go.
inline constexpr ImageState unused{VK_IMAGE_LAYOUT_UNDEFINED, VK_PIPELINE_STAGE_2_NONE,
                                   VK_ACCESS_2_NONE};
/// It was copied from in a submission before this one, and what it shows may go.
inline constexpr ImageState read_before{VK_IMAGE_LAYOUT_UNDEFINED, VK_PIPELINE_STAGE_2_TRANSFER_BIT,
                                        VK_ACCESS_2_NONE};
inline constexpr ImageState shown{VK_IMAGE_LAYOUT_PRESENT_SRC_KHR, VK_PIPELINE_STAGE_2_NONE,
                                  VK_ACCESS_2_NONE};
} // namespace image_state

inline void change(VkCommandBuffer commands, VkImage image, const ImageState& from,
                   const ImageState& to) {
    gpu::image_barrier(commands, {.image = image,
                                  .from_stages = from.stage,
                                  .from_access = from.access,
                                  .from_layout = from.layout,
                                  .to_stages = to.stage,
                                  .to_access = to.access,
                                  .to_layout = to.layout});
}

} // namespace haven
