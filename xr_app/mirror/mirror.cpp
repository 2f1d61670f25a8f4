#include "xr_app/mirror/mirror.hpp"

#include "renderer/gpu/device.hpp"
#include "renderer/gpu/error.hpp"
#include "renderer/gpu/handle.hpp"
#include "renderer/gpu/memory.hpp"
#include "renderer/gpu/pipeline_cache.hpp"
#include "ui/imgui_turn.hpp"
#include "ui/look.hpp"
#include "xr_app/mirror/image_state.hpp"
#include "xr_app/mirror/panel.hpp"
#include "xr_app/mirror/picture_handover.hpp"
#include "xr_app/mirror/status.hpp"
#include "xr_app/mirror/window.hpp"
#include "xr_app/mirror/window_swapchain.hpp"

#define GLFW_INCLUDE_NONE
#include <GLFW/glfw3.h>
#include <backends/imgui_impl_vulkan.h>
#include <glm/vec3.hpp>
#include <imgui.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <expected>
#include <memory>
#include <mutex>
#include <optional>
#include <tuple>
#include <utility>

namespace haven {

namespace {

using Clock = std::chrono::steady_clock;
using image_state::copied_from;
using image_state::copied_to;
using image_state::drawn;
using image_state::read_before;
using image_state::shown;
using image_state::unused;

constexpr std::chrono::microseconds interval{33'333};

/// The GPU draws a window in milliseconds; one in software, beside the eyes, may take longer.
constexpr std::uint64_t gpu_patience_ns = 1'000'000'000;

/// What the panel leaves of a window.
PictureSize room_in(const Window& window) {
    const auto [width, height] = window.size_px();
    return {.width_px = width - panel_width_px(width), .height_px = height};
}

VkOffset3D corner(std::uint32_t x, std::uint32_t y, std::int32_t z) {
    return {.x = static_cast<std::int32_t>(x), .y = static_cast<std::int32_t>(y), .z = z};
}

/// All of the picture, into the room beside the panel.
VkImageBlit beside_panel(const PictureSize& picture, const VkExtent2D& window) {
    VkImageBlit blit{.srcSubresource = {VK_IMAGE_ASPECT_COLOR_BIT, 0, 0, 1},
                     .dstSubresource = {VK_IMAGE_ASPECT_COLOR_BIT, 0, 0, 1}};
    blit.srcOffsets[1] = corner(picture.width_px, picture.height_px, 1);
    blit.dstOffsets[0] = corner(panel_width_px(window.width), 0, 0);
    blit.dstOffsets[1] = corner(window.width, window.height, 1);
    return blit;
}

void clear(VkCommandBuffer commands, VkImage image, ui::Colour its) {
    const glm::vec3 light = its.linear();
    const VkClearColorValue ground{.float32 = {light.r, light.g, light.b, 1.0F}};
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

/// One submission under way at most.
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

gpu::Result<std::unique_ptr<gpu::Device>> make_device() {
    gpu::DeviceInfo needs{
        .device_extensions = {VK_KHR_SWAPCHAIN_EXTENSION_NAME},
        .can_present = [](VkInstance instance, VkPhysicalDevice physical, std::uint32_t family) {
            return glfwGetPhysicalDevicePresentationSupport(instance, physical, family) ==
                   GLFW_TRUE;
        }};
    std::uint32_t count = 0;
    const char** const names = glfwGetRequiredInstanceExtensions(&count);
    for (std::uint32_t i = 0; i < count; ++i) {
        needs.instance_extensions.emplace_back(names[i]);
    }
    return gpu::Device::create(needs);
}

} // namespace

struct Mirror::Impl {
    Impl(const Window& its_window, const ui::Look& its_look) : window(its_window), look(its_look) {}
    Impl(const Impl&) = delete;
    Impl& operator=(const Impl&) = delete;
    ~Impl() {
        if (device) {
            std::ignore = device->wait_idle();
        }
        const std::scoped_lock turn(ui::imgui_turn());
        if (vulkan_begun) {
            ImGui_ImplVulkan_Shutdown();
        }
        if (context != nullptr) {
            ImGui::DestroyContext(context);
        }
    }

    [[nodiscard]] gpu::Result<void> make_panel();
    /// Memory and an image for a picture of that size; the GPU must have passed the last one.
    [[nodiscard]] gpu::Result<void> make_picture(PictureSize wanted);
    void copy_picture(const WindowSwapchain::Image& image);
    void record(const WindowSwapchain::Image& image);
    void lay_out_words(const WindowSwapchain::Image& image);
    static void draw_words(VkCommandBuffer commands);
    [[nodiscard]] gpu::Result<void> draw(const WindowSwapchain::Image& image);

    const Window& window;
    ui::Look look;
    std::unique_ptr<gpu::Device> device;
    std::unique_ptr<WindowSwapchain> swapchain;
    gpu::DescriptorPool descriptors;
    OwnCommands own;
    gpu::Buffer memory; ///< the picture, as it came
    gpu::Image picture;
    PictureSize size;
    std::optional<MirrorStatus> status; ///< that was not shown yet
    bool picture_is_new = false;        ///< and the picture with it
    ImGuiContext* context = nullptr;
    bool vulkan_begun = false;
    Clock::time_point next;
    Clock::time_point shown_at = Clock::now();
    std::uint64_t pictures = 0; ///< shown
    std::uint64_t words_alone = 0;
};

Mirror::Mirror(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Mirror::~Mirror() = default;

gpu::Result<void> Mirror::Impl::make_panel() {
    const std::scoped_lock turn(ui::imgui_turn());
    context = ImGui::CreateContext();
    style_panel(look);
    ImGui_ImplVulkan_InitInfo info{};
    info.Instance = device->instance();
    info.PhysicalDevice = device->physical();
    info.Device = device->logical();
    info.QueueFamily = device->queue_family();
    info.Queue = device->queue();
    info.PipelineCache = device->pipeline_cache().get();
    info.DescriptorPool = descriptors.get();
    info.MinImageCount = 2;
    info.ImageCount = 2; // one is drawn at a time
    info.UseDynamicRendering = true;
    info.ColorAttachmentFormat = swapchain->format();
    {
        const auto alone = gpu::alone_in_loader();
        vulkan_begun = ImGui_ImplVulkan_Init(&info, nullptr);
    }
    if (!vulkan_begun || !ImGui_ImplVulkan_CreateFontsTexture()) {
        return gpu::failure("the panel cannot be drawn on this GPU",
                            VK_ERROR_INITIALIZATION_FAILED);
    }
    return {};
}

gpu::Result<std::unique_ptr<Mirror>> Mirror::create(const Window& window, const ui::Look& look) {
    auto impl = std::make_unique<Impl>(window, look);
    auto device = make_device();
    if (!device) {
        return std::unexpected(device.error());
    }
    impl->device = std::move(*device);
    auto swapchain = WindowSwapchain::create(window, *impl->device);
    if (!swapchain) {
        return std::unexpected(swapchain.error());
    }
    impl->swapchain = std::move(*swapchain);
    auto descriptors = make_pool(impl->device->logical());
    auto own = make_commands(*impl->device);
    if (!descriptors || !own) {
        return std::unexpected(!descriptors ? descriptors.error() : own.error());
    }
    impl->descriptors = std::move(*descriptors);
    impl->own = std::move(*own);
    if (auto made = impl->make_panel(); !made) {
        return std::unexpected(made.error());
    }
    return std::unique_ptr<Mirror>(new Mirror(std::move(impl)));
}

gpu::Result<void> Mirror::Impl::make_picture(PictureSize wanted) {
    if (memory && size == wanted) {
        return {};
    }
    auto bytes = gpu::Buffer::create(*device, VkDeviceSize{wanted.width_px} * wanted.height_px * 4,
                                     VK_BUFFER_USAGE_TRANSFER_SRC_BIT, gpu::MemoryUse::upload);
    auto image = gpu::Image::create(
        *device, {.extent = {.width = wanted.width_px, .height = wanted.height_px},
                  .format = VK_FORMAT_R8G8B8A8_SRGB,
                  .usage = VK_IMAGE_USAGE_TRANSFER_SRC_BIT | VK_IMAGE_USAGE_TRANSFER_DST_BIT});
    if (!bytes || !image) {
        return std::unexpected(!bytes ? bytes.error() : image.error());
    }
    memory = std::move(*bytes);
    picture = std::move(*image);
    size = wanted;
    return {};
}

std::uint64_t Mirror::pictures() const {
    return impl_->pictures;
}

std::uint64_t Mirror::words_alone() const {
    return impl_->words_alone;
}

std::uint64_t Mirror::complaints() const {
    return impl_->device->validation().count();
}

gpu::Result<void> Mirror::show(PictureHandover& pictures) {
    Impl& impl = *impl_;
    const PictureSize room = room_in(impl.window);
    if (Clock::now() < impl.next || room.width_px == 0 || room.height_px == 0) {
        return {};
    }
    if (vkWaitForFences(impl.device->logical(), 1, impl.own.passed.address(), VK_TRUE,
                        gpu_patience_ns) == VK_TIMEOUT) {
        return {};
    }
    if (!impl.status) {
        gpu::Result<void> made;
        impl.status = pictures.take([&](const PictureView& view) {
            made = impl.make_picture(view.size);
            if (made) {
                std::memcpy(impl.memory.mapped().data(), view.rgba.data(), view.rgba.size());
            }
        });
        if (!made) {
            return made;
        }
        impl.picture_is_new = impl.status.has_value();
        if (!impl.status) {
            impl.status = pictures.take_status();
        }
        if (!impl.status) {
            pictures.ask(room);
            return {};
        }
    }
    const WindowSwapchain::Image* const image = impl.swapchain->acquire();
    if (image == nullptr) {
        return {};
    }
    if (auto done = impl.draw(*image); !done) {
        return done;
    }
    impl.status.reset();
    (impl.picture_is_new ? impl.pictures : impl.words_alone) += 1;
    impl.next = Clock::now() + interval;
    return {};
}

void Mirror::Impl::copy_picture(const WindowSwapchain::Image& image) {
    VkCommandBuffer commands = own.commands;
    change(commands, picture.get(), read_before, copied_to);
    const VkBufferImageCopy region{
        .imageSubresource = {.aspectMask = VK_IMAGE_ASPECT_COLOR_BIT, .layerCount = 1},
        .imageExtent = {.width = size.width_px, .height = size.height_px, .depth = 1}};
    vkCmdCopyBufferToImage(commands, memory.get(), picture.get(), copied_to.layout, 1, &region);
    change(commands, picture.get(), copied_to, copied_from);
    const VkImageBlit blit = beside_panel(size, image.extent);
    vkCmdBlitImage(commands, picture.get(), copied_from.layout, image.image, copied_to.layout, 1,
                   &blit, VK_FILTER_LINEAR);
}

void Mirror::Impl::record(const WindowSwapchain::Image& image) {
    VkCommandBuffer commands = own.commands;
    change(commands, image.image, unused, copied_to);
    clear(commands, image.image, look.dark.ground);
    if (picture) { // none has come before the first headset
        copy_picture(image);
    }
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
    draw_words(commands);
    vkCmdEndRendering(commands);
    change(commands, image.image, drawn, shown);
}

void Mirror::Impl::lay_out_words(const WindowSwapchain::Image& image) {
    const std::scoped_lock turn(ui::imgui_turn());
    const auto now = Clock::now();
    ImGuiIO& io = ImGui::GetIO();
    io.DisplaySize = {static_cast<float>(image.extent.width),
                      static_cast<float>(image.extent.height)};
    io.DeltaTime = std::max(std::chrono::duration<float>(now - shown_at).count(), 1e-3F);
    shown_at = now;
    ImGui_ImplVulkan_NewFrame();
    ImGui::NewFrame();
    draw_panel(*status, look.dark);
    ImGui::Render();
}

void Mirror::Impl::draw_words(VkCommandBuffer commands) {
    const std::scoped_lock turn(ui::imgui_turn());
    ImGui_ImplVulkan_RenderDrawData(ImGui::GetDrawData(), commands);
}

gpu::Result<void> Mirror::Impl::draw(const WindowSwapchain::Image& image) {
    lay_out_words(image);
    const VkCommandBufferBeginInfo begin{.sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_BEGIN_INFO,
                                         .flags = VK_COMMAND_BUFFER_USAGE_ONE_TIME_SUBMIT_BIT};
    VkResult result = vkResetCommandPool(device->logical(), own.pool.get(), 0);
    if (result == VK_SUCCESS) {
        result = vkBeginCommandBuffer(own.commands, &begin);
    }
    if (result != VK_SUCCESS) {
        return gpu::failure("beginning the window's commands", result);
    }
    record(image);
    const VkCommandBufferSubmitInfo commands{.sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_SUBMIT_INFO,
                                             .commandBuffer = own.commands};
    const VkSemaphoreSubmitInfo signal{.sType = VK_STRUCTURE_TYPE_SEMAPHORE_SUBMIT_INFO,
                                       .semaphore = swapchain->drawn(),
                                       .stageMask = VK_PIPELINE_STAGE_2_ALL_COMMANDS_BIT};
    const VkSubmitInfo2 submit{.sType = VK_STRUCTURE_TYPE_SUBMIT_INFO_2,
                               .commandBufferInfoCount = 1,
                               .pCommandBufferInfos = &commands,
                               .signalSemaphoreInfoCount = 1,
                               .pSignalSemaphoreInfos = &signal};
    result = vkEndCommandBuffer(own.commands);
    if (result == VK_SUCCESS) {
        result = vkResetFences(device->logical(), 1, own.passed.address());
    }
    if (result == VK_SUCCESS) {
        result = vkQueueSubmit2(device->queue(), 1, &submit, own.passed.get());
    }
    if (result != VK_SUCCESS) {
        return gpu::failure("submitting the window's picture", result);
    }
    swapchain->present();
    return {};
}

} // namespace haven
