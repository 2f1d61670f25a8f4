#include "xr_app/mirror/mirror.hpp"

#include "renderer/gpu/device.hpp"
#include "renderer/gpu/error.hpp"
#include "renderer/gpu/frame_ring.hpp"
#include "renderer/gpu/handle.hpp"
#include "renderer/gpu/memory.hpp"
#include "renderer/gpu/pipeline_cache.hpp"
#include "renderer/gpu/upload.hpp"
#include "xr_app/headset/headset.hpp"
#include "xr_app/mirror/panel.hpp"
#include "xr_app/mirror/status.hpp"
#include "xr_app/mirror/window.hpp"
#include "xr_app/mirror/window_swapchain.hpp"

#define GLFW_INCLUDE_NONE
#include <GLFW/glfw3.h>
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
/// Nobody uses it any more, as a fence has said.
constexpr ImageState unused{VK_IMAGE_LAYOUT_UNDEFINED, VK_PIPELINE_STAGE_2_NONE, VK_ACCESS_2_NONE};
/// The picture of the eye, read by the window's submission before this one.
constexpr ImageState looked_at{VK_IMAGE_LAYOUT_UNDEFINED, VK_PIPELINE_STAGE_2_TRANSFER_BIT,
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

VkExtent2D room_beside_panel(const VkExtent2D& window) {
    return {.width = window.width - panel_width_px(window.width), .height = window.height};
}

VkOffset3D corner(std::uint32_t x, std::uint32_t y, std::int32_t z) {
    return {.x = static_cast<std::int32_t>(x), .y = static_cast<std::int32_t>(y), .z = z};
}

/// The middle of the eye's picture that has the shape of the room, into all of the room.
VkImageBlit middle_of(const VkExtent2D& eye, const VkExtent2D& room) {
    const std::uint64_t width_wanted = std::uint64_t{eye.height} * room.width / room.height;
    const std::uint64_t height_wanted = std::uint64_t{eye.width} * room.height / room.width;
    const auto width = std::min(eye.width, static_cast<std::uint32_t>(width_wanted));
    const auto height = std::min(eye.height, static_cast<std::uint32_t>(height_wanted));
    const std::uint32_t left = (eye.width - width) / 2;
    const std::uint32_t top = (eye.height - height) / 2;
    VkImageBlit blit{.srcSubresource = {VK_IMAGE_ASPECT_COLOR_BIT, 0, 0, 1},
                     .dstSubresource = {VK_IMAGE_ASPECT_COLOR_BIT, 0, 0, 1}};
    blit.srcOffsets[0] = corner(left, top, 0);
    blit.srcOffsets[1] = corner(left + width, top + height, 1);
    blit.dstOffsets[1] = corner(room.width, room.height, 1);
    return blit;
}

/// All of the picture, into the room beside the panel.
VkImageBlit beside_panel(const VkExtent2D& picture, const VkExtent2D& window) {
    VkImageBlit blit{.srcSubresource = {VK_IMAGE_ASPECT_COLOR_BIT, 0, 0, 1},
                     .dstSubresource = {VK_IMAGE_ASPECT_COLOR_BIT, 0, 0, 1}};
    blit.srcOffsets[1] = corner(picture.width, picture.height, 1);
    blit.dstOffsets[0] = corner(panel_width_px(window.width), 0, 0);
    blit.dstOffsets[1] = corner(window.width, window.height, 1);
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

/// A submission apart from the headset's frames; one under way at most.
struct OwnCommands {
    gpu::CommandPool pool;
    VkCommandBuffer commands = nullptr;
    gpu::Fence passed; ///< signalled while nothing is under way
};

gpu::Result<OwnCommands> make_commands(gpu::Device& device) {
    OwnCommands own;
    const VkCommandPoolCreateInfo pool_info{.sType = VK_STRUCTURE_TYPE_COMMAND_POOL_CREATE_INFO,
                                            .flags = VK_COMMAND_POOL_CREATE_TRANSIENT_BIT,
                                            .queueFamilyIndex = device.queue_family()};
    VkCommandPool pool = nullptr;
    VkResult result = vkCreateCommandPool(device.logical(), &pool_info, nullptr, &pool);
    if (result != VK_SUCCESS) {
        return gpu::failure("no command pool for the window", result);
    }
    own.pool = gpu::CommandPool(device.logical(), pool);
    const VkCommandBufferAllocateInfo buffer_info{
        .sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_ALLOCATE_INFO,
        .commandPool = pool,
        .level = VK_COMMAND_BUFFER_LEVEL_PRIMARY,
        .commandBufferCount = 1};
    result = vkAllocateCommandBuffers(device.logical(), &buffer_info, &own.commands);
    if (result != VK_SUCCESS) {
        return gpu::failure("no command buffer for the window", result);
    }
    const VkFenceCreateInfo fence_info{.sType = VK_STRUCTURE_TYPE_FENCE_CREATE_INFO,
                                       .flags = VK_FENCE_CREATE_SIGNALED_BIT};
    VkFence fence = nullptr;
    result = vkCreateFence(device.logical(), &fence_info, nullptr, &fence);
    if (result != VK_SUCCESS) {
        return gpu::failure("no fence for the window", result);
    }
    own.passed = gpu::Fence(device.logical(), fence);
    return own;
}

} // namespace

struct Mirror::Parts {
    explicit Parts(const Window& its_window, gpu::Device& its_device)
        : window(its_window), device(its_device) {}
    Parts(const Parts&) = delete;
    Parts& operator=(const Parts&) = delete;
    ~Parts() {
        if (vulkan_begun) {
            ImGui_ImplVulkan_Shutdown();
        }
        ImGui::DestroyContext(context);
    }

    /// One of the room's size, when nothing uses another any more.
    [[nodiscard]] bool make_picture();
    void record(const WindowSwapchain::Image& image);

    const Window& window;
    gpu::Device& device;
    std::unique_ptr<WindowSwapchain> swapchain;
    gpu::DescriptorPool descriptors;
    OwnCommands own;
    gpu::Image picture;    ///< of the eye, as large as the window has room for it
    bool has_news = false; ///< copied and not shown yet
    ImGuiContext* context = nullptr;
    bool vulkan_begun = false;
    Clock::time_point next;
    Clock::time_point shown_at = Clock::now();
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
    auto parts = std::make_unique<Parts>(window, device);
    auto swapchain = WindowSwapchain::create(window, device);
    auto descriptors = make_pool(device.logical());
    auto own = make_commands(device);
    if (!swapchain || !descriptors || !own) {
        return std::unexpected(!swapchain     ? swapchain.error().what
                               : !descriptors ? descriptors.error().what
                                              : own.error().what);
    }
    parts->swapchain = std::move(*swapchain);
    parts->descriptors = std::move(*descriptors);
    parts->own = std::move(*own);
    parts->context = ImGui::CreateContext();
    style_panel();
    ImGui_ImplVulkan_InitInfo info{};
    info.Instance = device.instance();
    info.PhysicalDevice = device.physical();
    info.Device = device.logical();
    info.QueueFamily = device.queue_family();
    info.Queue = device.queue();
    info.PipelineCache = device.pipeline_cache().get();
    info.DescriptorPool = parts->descriptors.get();
    info.MinImageCount = 2;
    info.ImageCount = 2; // one is drawn at a time
    info.UseDynamicRendering = true;
    info.ColorAttachmentFormat = parts->swapchain->format();
    parts->vulkan_begun = ImGui_ImplVulkan_Init(&info, nullptr);
    if (!parts->vulkan_begun || !ImGui_ImplVulkan_CreateFontsTexture()) {
        return std::unexpected(std::string("the panel cannot be drawn on this GPU"));
    }
    return std::unique_ptr<Mirror>(new Mirror(std::move(parts)));
}

bool Mirror::Parts::make_picture() {
    const auto [width, height] = window.size_px();
    if (width == 0 || height == 0) {
        return false;
    }
    const VkExtent2D room = room_beside_panel({.width = width, .height = height});
    if (picture && picture.info().extent.width == room.width &&
        picture.info().extent.height == room.height) {
        return true;
    }
    auto made = gpu::Image::create(
        device, {.extent = room,
                 .format = swapchain->format(),
                 .usage = VK_IMAGE_USAGE_TRANSFER_SRC_BIT | VK_IMAGE_USAGE_TRANSFER_DST_BIT});
    if (!made) {
        return false;
    }
    picture = std::move(*made);
    return true;
}

void Mirror::copy(const gpu::Frame& frame, const EyeImages& images) {
    // A picture that nobody could show yet is kept, and the eye draws on undisturbed; another
    // frame may still read one that was shown a moment ago.
    Parts& parts = *parts_;
    if (parts.has_news || Clock::now() < parts.next ||
        vkGetFenceStatus(parts.device.logical(), parts.own.passed.get()) != VK_SUCCESS ||
        !parts.make_picture()) {
        return;
    }
    parts.next = Clock::now() + interval;
    parts.has_news = true;
    VkImage eye = images.target->colour(images.index).image;
    change(frame.commands, eye, drawn, copied_from);
    change(frame.commands, parts.picture.get(), looked_at, copied_to);
    const VkImageBlit blit = middle_of(images.drawn, parts.picture.info().extent);
    vkCmdBlitImage(frame.commands, eye, copied_from.layout, parts.picture.get(), copied_to.layout,
                   1, &blit, VK_FILTER_LINEAR);
    change(frame.commands, eye, copied_from, drawn);
    change(frame.commands, parts.picture.get(), copied_to, copied_from);
}

bool Mirror::ready() {
    return parts_->has_news && parts_->swapchain->acquire() != nullptr;
}

void Mirror::Parts::record(const WindowSwapchain::Image& image) {
    VkCommandBuffer commands = own.commands;
    change(commands, image.image, unused, copied_to);
    clear(commands, image.image);
    const VkImageBlit blit = beside_panel(picture.info().extent, image.extent);
    vkCmdBlitImage(commands, picture.get(), copied_from.layout, image.image, copied_to.layout, 1,
                   &blit, VK_FILTER_LINEAR);
    change(commands, image.image, copied_to, drawn);
    const VkRenderingAttachmentInfo colour{.sType = VK_STRUCTURE_TYPE_RENDERING_ATTACHMENT_INFO,
                                           .imageView = image.view,
                                           .imageLayout = VK_IMAGE_LAYOUT_COLOR_ATTACHMENT_OPTIMAL,
                                           .loadOp = VK_ATTACHMENT_LOAD_OP_LOAD,
                                           .storeOp = VK_ATTACHMENT_STORE_OP_STORE};
    const VkRenderingInfo rendering{.sType = VK_STRUCTURE_TYPE_RENDERING_INFO,
                                    .renderArea = {.offset = {0, 0}, .extent = image.extent},
                                    .layerCount = 1,
                                    .colorAttachmentCount = 1,
                                    .pColorAttachments = &colour};
    vkCmdBeginRendering(commands, &rendering);
    ImGui_ImplVulkan_RenderDrawData(ImGui::GetDrawData(), commands);
    vkCmdEndRendering(commands);
    change(commands, image.image, drawn, shown);
}

gpu::Result<void> Mirror::show(const MirrorStatus& status) {
    Parts& parts = *parts_;
    const WindowSwapchain::Image* const image = parts.swapchain->acquire();
    if (image == nullptr) {
        return {};
    }
    parts.has_news = false;
    const auto now = Clock::now();
    ImGuiIO& io = ImGui::GetIO();
    io.DisplaySize = {static_cast<float>(image->extent.width),
                      static_cast<float>(image->extent.height)};
    io.DeltaTime = std::max(std::chrono::duration<float>(now - parts.shown_at).count(), 1e-3F);
    parts.shown_at = now;
    ImGui_ImplVulkan_NewFrame();
    ImGui::NewFrame();
    draw_panel(status);
    ImGui::Render();

    VkDevice device = parts.device.logical();
    const VkCommandBufferBeginInfo begin{.sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_BEGIN_INFO,
                                         .flags = VK_COMMAND_BUFFER_USAGE_ONE_TIME_SUBMIT_BIT};
    VkResult result = vkResetCommandPool(device, parts.own.pool.get(), 0);
    if (result == VK_SUCCESS) {
        result = vkBeginCommandBuffer(parts.own.commands, &begin);
    }
    if (result != VK_SUCCESS) {
        return gpu::failure("beginning the window's commands", result);
    }
    parts.record(*image);
    const VkCommandBufferSubmitInfo commands{.sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_SUBMIT_INFO,
                                             .commandBuffer = parts.own.commands};
    const VkSemaphoreSubmitInfo signal{.sType = VK_STRUCTURE_TYPE_SEMAPHORE_SUBMIT_INFO,
                                       .semaphore = parts.swapchain->drawn(),
                                       .stageMask = VK_PIPELINE_STAGE_2_ALL_COMMANDS_BIT};
    const VkSubmitInfo2 submit{.sType = VK_STRUCTURE_TYPE_SUBMIT_INFO_2,
                               .commandBufferInfoCount = 1,
                               .pCommandBufferInfos = &commands,
                               .signalSemaphoreInfoCount = 1,
                               .pSignalSemaphoreInfos = &signal};
    result = vkEndCommandBuffer(parts.own.commands);
    if (result == VK_SUCCESS) {
        result = vkResetFences(device, 1, parts.own.passed.address());
    }
    if (result == VK_SUCCESS) {
        result = vkQueueSubmit2(parts.device.queue(), 1, &submit, parts.own.passed.get());
    }
    if (result != VK_SUCCESS) {
        return gpu::failure("submitting the window's picture", result);
    }
    parts.swapchain->present();
    return {};
}

} // namespace haven
