#include "xr_app/mirror/mirror.hpp"

#include "renderer/gpu/device.hpp"
#include "renderer/gpu/error.hpp"
#include "renderer/gpu/frame_ring.hpp"
#include "renderer/gpu/handle.hpp"
#include "renderer/gpu/pipeline_cache.hpp"
#include "renderer/gpu/upload.hpp"
#include "xr_app/headset/headset.hpp"
#include "xr_app/mirror/panel.hpp"
#include "xr_app/mirror/status.hpp"
#include "xr_app/mirror/window.hpp"
#include "xr_app/mirror/window_swapchain.hpp"

#define GLFW_INCLUDE_NONE
#include <GLFW/glfw3.h>
#include <backends/imgui_impl_glfw.h>
#include <backends/imgui_impl_vulkan.h>
#include <imgui.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <expected>
#include <memory>
#include <string>
#include <utility>

namespace haven {

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::microseconds interval{33'333};

struct ImageState {
    VkImageLayout layout;
    VkPipelineStageFlags2 stage;
    VkAccessFlags2 access;
};
constexpr ImageState drawn{
    VK_IMAGE_LAYOUT_COLOR_ATTACHMENT_OPTIMAL, VK_PIPELINE_STAGE_2_COLOR_ATTACHMENT_OUTPUT_BIT,
    VK_ACCESS_2_COLOR_ATTACHMENT_WRITE_BIT | VK_ACCESS_2_COLOR_ATTACHMENT_READ_BIT};
constexpr ImageState copied_from{VK_IMAGE_LAYOUT_TRANSFER_SRC_OPTIMAL,
                                 VK_PIPELINE_STAGE_2_TRANSFER_BIT, VK_ACCESS_2_TRANSFER_READ_BIT};
constexpr ImageState copied_to{VK_IMAGE_LAYOUT_TRANSFER_DST_OPTIMAL,
                               VK_PIPELINE_STAGE_2_TRANSFER_BIT, VK_ACCESS_2_TRANSFER_WRITE_BIT};
// The window gives it when the semaphore says so; the submission waits for that in the transfer
// stage.
constexpr ImageState acquired{VK_IMAGE_LAYOUT_UNDEFINED, VK_PIPELINE_STAGE_2_TRANSFER_BIT,
                              VK_ACCESS_2_NONE};
constexpr ImageState shown{VK_IMAGE_LAYOUT_PRESENT_SRC_KHR, VK_PIPELINE_STAGE_2_NONE,
                           VK_ACCESS_2_NONE};

void change(VkCommandBuffer commands, VkImage image, const ImageState& from, const ImageState& to) {
    gpu::image_barrier(commands, {.image = image,
                                  .from_stages = from.stage,
                                  .from_access = from.access,
                                  .from_layout = from.layout,
                                  .to_stages = to.stage,
                                  .to_access = to.access,
                                  .to_layout = to.layout});
}

/// The middle of the eye's picture that has the shape of the window beside the panel.
VkImageBlit middle_of(const VkExtent2D& eye, const VkExtent2D& window) {
    const std::uint32_t panel = panel_width_px(window.width);
    const auto eye_width = static_cast<std::int64_t>(eye.width);
    const auto eye_height = static_cast<std::int64_t>(eye.height);
    const std::int64_t room_width = window.width - panel;
    std::int64_t width = eye_width;
    std::int64_t height = eye_width * window.height / room_width;
    if (height > eye_height) {
        height = eye_height;
        width = eye_height * room_width / window.height;
    }
    const auto left = static_cast<std::int32_t>((eye_width - width) / 2);
    const auto top = static_cast<std::int32_t>((eye_height - height) / 2);
    VkImageBlit blit{.srcSubresource = {VK_IMAGE_ASPECT_COLOR_BIT, 0, 0, 1},
                     .dstSubresource = {VK_IMAGE_ASPECT_COLOR_BIT, 0, 0, 1}};
    blit.srcOffsets[0] = {left, top, 0};
    blit.srcOffsets[1] = {left + static_cast<std::int32_t>(width),
                          top + static_cast<std::int32_t>(height), 1};
    blit.dstOffsets[0] = {static_cast<std::int32_t>(panel), 0, 0};
    blit.dstOffsets[1] = {static_cast<std::int32_t>(window.width),
                          static_cast<std::int32_t>(window.height), 1};
    return blit;
}

void clear(VkCommandBuffer commands, VkImage image) {
    const VkClearColorValue ground{
        .float32 = {window_ground[0], window_ground[1], window_ground[2], window_ground[3]}};
    const VkImageSubresourceRange whole{VK_IMAGE_ASPECT_COLOR_BIT, 0, 1, 0, 1};
    vkCmdClearColorImage(commands, image, copied_to.layout, &ground, 1, &whole);
    change(commands, image, copied_to, copied_to); // the picture goes on top
}

gpu::Result<gpu::DescriptorPool> make_pool(VkDevice device) {
    const VkDescriptorPoolSize size{VK_DESCRIPTOR_TYPE_COMBINED_IMAGE_SAMPLER, 4};
    const VkDescriptorPoolCreateInfo info{.sType = VK_STRUCTURE_TYPE_DESCRIPTOR_POOL_CREATE_INFO,
                                          .flags =
                                              VK_DESCRIPTOR_POOL_CREATE_FREE_DESCRIPTOR_SET_BIT,
                                          .maxSets = 4,
                                          .poolSizeCount = 1,
                                          .pPoolSizes = &size};
    VkDescriptorPool pool = nullptr;
    if (const VkResult result = vkCreateDescriptorPool(device, &info, nullptr, &pool);
        result != VK_SUCCESS) {
        return gpu::failure("making the panel's descriptors", result);
    }
    return gpu::DescriptorPool(device, pool);
}

} // namespace

struct Mirror::Parts {
    std::unique_ptr<WindowSwapchain> swapchain;
    gpu::DescriptorPool descriptors;
    ImGuiContext* context = nullptr;
    bool glfw_begun = false;
    bool vulkan_begun = false;
    Clock::time_point next;

    ~Parts() {
        if (vulkan_begun) {
            ImGui_ImplVulkan_Shutdown();
        }
        if (glfw_begun) {
            ImGui_ImplGlfw_Shutdown();
        }
        ImGui::DestroyContext(context);
    }
};

Mirror::Mirror(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

Mirror::~Mirror() = default;

void Mirror::add_needs(gpu::DeviceInfo& info) {
    std::uint32_t count = 0;
    const char** const names = glfwGetRequiredInstanceExtensions(&count);
    for (std::uint32_t i = 0; i < count; ++i) {
        info.instance_extensions.emplace_back(names[i]);
    }
    info.device_extensions_optional.emplace_back(VK_KHR_SWAPCHAIN_EXTENSION_NAME);
    info.device_extensions_optional.emplace_back(VK_KHR_DYNAMIC_RENDERING_EXTENSION_NAME);
}

std::expected<std::unique_ptr<Mirror>, std::string> Mirror::create(const Window& window,
                                                                   gpu::Device& device) {
    auto parts = std::make_unique<Parts>();
    auto swapchain = WindowSwapchain::create(window, device);
    auto descriptors = make_pool(device.logical());
    if (!swapchain || !descriptors) {
        return std::unexpected(!swapchain ? swapchain.error().what : descriptors.error().what);
    }
    parts->swapchain = std::move(*swapchain);
    parts->descriptors = std::move(*descriptors);
    parts->context = ImGui::CreateContext();
    style_panel();
    parts->glfw_begun = ImGui_ImplGlfw_InitForVulkan(window.get(), true);
    ImGui_ImplVulkan_InitInfo info{};
    info.Instance = device.instance();
    info.PhysicalDevice = device.physical();
    info.Device = device.logical();
    info.QueueFamily = device.queue_family();
    info.Queue = device.queue();
    info.PipelineCache = device.pipeline_cache().get();
    info.DescriptorPool = parts->descriptors.get();
    info.MinImageCount = 2;
    info.ImageCount = std::max(parts->swapchain->image_count(), gpu::frames_in_flight + 1);
    info.UseDynamicRendering = true;
    info.ColorAttachmentFormat = parts->swapchain->format();
    parts->vulkan_begun = ImGui_ImplVulkan_Init(&info, nullptr);
    if (!parts->vulkan_begun || !ImGui_ImplVulkan_CreateFontsTexture()) {
        return std::unexpected(std::string("the panel cannot be drawn on this GPU"));
    }
    return std::unique_ptr<Mirror>(new Mirror(std::move(parts)));
}

bool Mirror::due() const {
    return Clock::now() >= parts_->next;
}

bool Mirror::record(const gpu::Frame& frame, const EyeImages& images, const MirrorStatus& status) {
    parts_->next = Clock::now() + interval;
    const WindowSwapchain::Image* const image = parts_->swapchain->acquire(frame.slot);
    if (image == nullptr) {
        return false;
    }
    ImGui_ImplVulkan_NewFrame();
    ImGui_ImplGlfw_NewFrame();
    ImGui::NewFrame();
    draw_panel(status);
    ImGui::Render();

    VkImage eye = images.target->colour(images.index).image;
    change(frame.commands, eye, drawn, copied_from);
    change(frame.commands, image->image, acquired, copied_to);
    clear(frame.commands, image->image);
    const VkImageBlit blit = middle_of(images.drawn, image->extent);
    vkCmdBlitImage(frame.commands, eye, copied_from.layout, image->image, copied_to.layout, 1,
                   &blit, VK_FILTER_LINEAR);
    change(frame.commands, eye, copied_from, drawn);
    change(frame.commands, image->image, copied_to, drawn);

    const VkRenderingAttachmentInfo colour{.sType = VK_STRUCTURE_TYPE_RENDERING_ATTACHMENT_INFO,
                                           .imageView = image->view,
                                           .imageLayout = VK_IMAGE_LAYOUT_COLOR_ATTACHMENT_OPTIMAL,
                                           .loadOp = VK_ATTACHMENT_LOAD_OP_LOAD,
                                           .storeOp = VK_ATTACHMENT_STORE_OP_STORE};
    const VkRenderingInfo rendering{.sType = VK_STRUCTURE_TYPE_RENDERING_INFO,
                                    .renderArea = {.offset = {0, 0}, .extent = image->extent},
                                    .layerCount = 1,
                                    .colorAttachmentCount = 1,
                                    .pColorAttachments = &colour};
    vkCmdBeginRendering(frame.commands, &rendering);
    ImGui_ImplVulkan_RenderDrawData(ImGui::GetDrawData(), frame.commands);
    vkCmdEndRendering(frame.commands);
    change(frame.commands, image->image, drawn, shown);
    return true;
}

gpu::SubmitSync Mirror::sync() const {
    return parts_->swapchain->sync();
}

void Mirror::present() {
    parts_->swapchain->present();
}

} // namespace haven
