#include "xr_app/eye_capture.hpp"

#include "renderer/capture/capture.hpp"
#include "renderer/gpu/device.hpp"
#include "renderer/gpu/frame_ring.hpp"
#include "xr_app/background_worker.hpp"
#include "xr_app/headset/headset.hpp"

#include <spdlog/spdlog.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <format>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

namespace haven {

EyeCapture::EyeCapture(std::filesystem::path folder, BackgroundWorker& worker)
    : folder_(std::move(folder)), worker_(worker), next_(std::chrono::steady_clock::now()) {
    std::error_code failed;
    std::filesystem::create_directories(folder_, failed);
    if (failed) {
        spdlog::error("--capture: cannot make {}: {}", folder_.string(), failed.message());
    }
}

bool EyeCapture::due() const {
    return std::chrono::steady_clock::now() >= next_;
}

void EyeCapture::take(gpu::Device& device, gpu::FrameRing& ring, const EyeImages& images,
                      const std::optional<std::string>& name) {
    constexpr std::array<std::string_view, 2> eyes{"left", "right"};
    const auto& target = *images.target;
    for (std::uint32_t eye = 0; eye < eyes.size(); ++eye) {
        auto picture = renderer::read_layer(device, ring, target.colour(images.index).image,
                                            target.colour_format(), images.drawn, eye);
        if (!picture) {
            spdlog::error("--capture: {}", picture.error().what);
            return;
        }
        auto file = folder_ / std::format("{}-{}.png", name.value_or(std::format("{:04}", number_)),
                                          eyes.at(eye));
        worker_.post([picture = std::move(*picture), file = std::move(file)] {
            if (const auto written = renderer::write_png(file, picture); !written) {
                spdlog::error("--capture: {}", written.error());
            }
        });
    }
    number_ += 1;
    next_ = std::chrono::steady_clock::now() + std::chrono::seconds(1);
}

} // namespace haven
