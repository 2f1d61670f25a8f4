#include "renderer/stereo_target.hpp"

#include "renderer/gpu/device.hpp"
#include "renderer/gpu/error.hpp"
#include "renderer/gpu/memory.hpp"

#include <cassert>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <utility>

namespace haven::renderer {

gpu::Result<StereoTarget> StereoTarget::create(gpu::Device& device, const StereoTargetInfo& info) {
    assert(info.layers == 1 || info.layers == 2);
    assert(info.depth.empty() || info.depth.size() == info.colour.size());
    StereoTarget target;
    target.eye_extent_ = info.eye_extent;
    target.layers_ = info.layers;
    target.samples_ = info.samples;
    target.colour_format_ = info.colour_format;
    for (VkImage image : info.colour) {
        auto made = target.attach(device, image, info.colour_format, VK_IMAGE_ASPECT_COLOR_BIT);
        if (!made) {
            return std::unexpected(made.error());
        }
        target.images_.push_back(std::move(*made));
    }
    for (VkImage image : info.depth) {
        auto made = target.attach(device, image, VK_FORMAT_D32_SFLOAT, VK_IMAGE_ASPECT_DEPTH_BIT);
        if (!made) {
            return std::unexpected(made.error());
        }
        target.shared_depth_.push_back(std::move(*made));
    }
    if (auto made = target.create_private_images(device); !made) {
        return std::unexpected(made.error());
    }
    return target;
}

const StereoTarget::Attachment& StereoTarget::depth(std::size_t index) const {
    return shared_depth_.empty() ? depth_ : shared_depth_.at(index);
}

gpu::Result<StereoTarget::Attachment> StereoTarget::attach(gpu::Device& device, VkImage image,
                                                           VkFormat format,
                                                           VkImageAspectFlags aspect) const {
    Attachment attachment{.image = image, .views = {}};
    auto all = gpu::make_view(device.logical(), image, format, aspect, 0, layers_);
    if (!all) {
        return std::unexpected(all.error());
    }
    attachment.views.all = std::move(*all);
    for (std::uint32_t layer = 0; layer < layers_; ++layer) {
        auto one = gpu::make_view(device.logical(), image, format, aspect, layer, 1);
        if (!one) {
            return std::unexpected(one.error());
        }
        attachment.views.layer.at(layer) = std::move(*one);
    }
    return attachment;
}

gpu::Result<void> StereoTarget::create_private_images(gpu::Device& device) {
    const auto make = [&](gpu::Image& image, Attachment& attachment, VkFormat format,
                          std::uint32_t samples, bool depth) -> gpu::Result<void> {
        auto made =
            gpu::Image::create(device, {.extent = eye_extent_,
                                        .layers = layers_,
                                        .format = format,
                                        .samples = static_cast<VkSampleCountFlagBits>(samples),
                                        .usage = static_cast<VkImageUsageFlags>(
                                            (depth ? VK_IMAGE_USAGE_DEPTH_STENCIL_ATTACHMENT_BIT
                                                   : VK_IMAGE_USAGE_COLOR_ATTACHMENT_BIT) |
                                            VK_IMAGE_USAGE_TRANSIENT_ATTACHMENT_BIT)});
        if (!made) {
            return std::unexpected(made.error());
        }
        image = std::move(*made);
        auto attached = attach(device, image.get(), format,
                               depth ? VK_IMAGE_ASPECT_DEPTH_BIT : VK_IMAGE_ASPECT_COLOR_BIT);
        if (!attached) {
            return std::unexpected(attached.error());
        }
        attachment = std::move(*attached);
        return {};
    };
    gpu::Result<void> made;
    if (samples_ > 1) {
        made = make(own_multisampled_, multisampled_, colour_format_, samples_, false);
        if (made) {
            made = make(own_multisampled_depth_, multisampled_depth_, VK_FORMAT_D32_SFLOAT,
                        samples_, true);
        }
    }
    if (made && shared_depth_.empty()) { // what is multisampled may be drawn with one sample, too
        made = make(own_depth_, depth_, VK_FORMAT_D32_SFLOAT, 1, true);
    }
    return made;
}

} // namespace haven::renderer
