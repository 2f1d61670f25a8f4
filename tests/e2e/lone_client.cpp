#include "tests/e2e/lone_client.hpp"

#include "bilateral/pose_trace.hpp"
#include "tests/support/monado_service.hpp"
#include "tests/support/process.hpp"

#include <png.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <format>
#include <functional>
#include <iterator>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace haven::test {

namespace fs = std::filesystem;

namespace {

constexpr Milliseconds patience{120'000}; // of a busy machine that compiles its first shaders
constexpr std::size_t channels = 4;

std::optional<EyePicture> read_picture(const fs::path& file) {
    png_image image{};
    image.version = PNG_IMAGE_VERSION;
    if (png_image_begin_read_from_file(&image, file.c_str()) == 0) {
        return std::nullopt;
    }
    image.format = PNG_FORMAT_RGBA;
    EyePicture picture{.width = image.width, .height = image.height, .rgba = {}};
    picture.rgba.resize(PNG_IMAGE_SIZE(image));
    if (png_image_finish_read(&image, nullptr, picture.rgba.data(), 0, nullptr) == 0) {
        png_image_free(&image);
        return std::nullopt;
    }
    return picture;
}

} // namespace

double EyePicture::brightness() const {
    double sum = 0.0;
    for (std::size_t i = 0; i < rgba.size(); ++i) {
        sum += i % channels == 3 ? 0.0 : rgba.at(i);
    }
    return sum / (static_cast<double>(rgba.size()) * 0.75);
}

EyePicture::Spot EyePicture::blue() const {
    Spot spot;
    for (std::size_t i = 0; i + 3 < rgba.size(); i += channels) {
        if (rgba[i + 2] > rgba[i] + 50 && rgba[i + 2] > 90) {
            const std::size_t pixel = i / channels;
            spot.x += static_cast<double>(pixel % width);
            spot.y += static_cast<double>(pixel / width);
            spot.pixels += 1;
        }
    }
    const auto count = static_cast<double>(std::max<std::size_t>(spot.pixels, 1));
    spot.x /= count;
    spot.y /= count;
    return spot;
}

double difference(const EyePicture& a, const EyePicture& b) {
    if (a.width != b.width || a.height != b.height || a.width < 8) {
        return 255.0;
    }
    const std::size_t columns = a.width / 8;
    std::vector<double> blocks(columns * (a.height / 8) * 3);
    for (std::size_t y = 0; y < a.height / 8 * 8; ++y) {
        for (std::size_t x = 0; x < columns * 8; ++x) {
            for (std::size_t channel = 0; channel < 3; ++channel) {
                const std::size_t at = (y * a.width + x) * channels + channel;
                blocks.at(((y / 8) * columns + x / 8) * 3 + channel) +=
                    (static_cast<double>(a.rgba.at(at)) - b.rgba.at(at)) / 64.0;
            }
        }
    }
    double sum = 0.0;
    for (const double block : blocks) {
        sum += std::abs(block);
    }
    return sum / static_cast<double>(blocks.size());
}

LoneClient::LoneClient(const MonadoService& runtime, std::string_view lines,
                       std::vector<std::string> more)
    : script_(lines) {
    std::vector<std::string> argv{HAVEN_BINARY_DIR "/haven-xr",
                                  "--no-mirror",
                                  "--no-sound",
                                  "--assets",
                                  HAVEN_SOURCE_DIR "/assets",
                                  "--data",
                                  (directory_.path() / "data").string(),
                                  "--eye-size",
                                  "128x128",
                                  "--capture",
                                  (directory_.path() / "pictures").string(),
                                  "--record-trace",
                                  (directory_.path() / "trace").string(),
                                  "--ready-file",
                                  (directory_.path() / "ready").string()};
    std::ranges::move(more, std::back_inserter(argv));
    Environment environment = runtime.client_environment();
    environment.merge(script_.environment(true));
    environment["HAVEN_VULKAN_VALIDATION"] = "1";
    auto started = Process::start({.argv = std::move(argv),
                                   .environment = std::move(environment),
                                   .output_stem = directory_.path() / "client"});
    if (!started) {
        throw std::runtime_error(started.error());
    }
    client_.emplace(std::move(*started));
}

std::string LoneClient::log() const {
    return client_->output() + client_->errors();
}

std::size_t LoneClient::count_in_log(std::string_view text) const {
    const std::string all = log();
    std::size_t count = 0;
    for (std::size_t at = all.find(text); at != std::string::npos; at = all.find(text, at + 1)) {
        count += 1;
    }
    return count;
}

bool LoneClient::await_log(std::string_view text, std::size_t times) {
    return await(patience, [&] { return count_in_log(text) >= times || !client_->running(); }) &&
           count_in_log(text) >= times;
}

bool LoneClient::await_ready() {
    return await(patience,
                 [&] { return fs::exists(directory_.path() / "ready") || !client_->running(); }) &&
           await_log("the place appears after") && client_->running();
}

std::size_t LoneClient::pictures() const {
    std::size_t count = 0;
    while (fs::exists(directory_.path() / "pictures" / std::format("{:04}-left.png", count))) {
        count += 1;
    }
    return count;
}

std::optional<EyePicture>
LoneClient::await_picture(const std::function<bool(const EyePicture&)>& wanted) {
    std::size_t number = pictures() + 1; // the next one may have been begun already
    std::optional<EyePicture> newest;
    (void)await(patience, [&] { // in vain: the last one that came tells more than nothing
        const fs::path file =
            directory_.path() / "pictures" / std::format("{:04}-left.png", number);
        if (auto picture = fs::exists(file) ? read_picture(file) : std::nullopt) {
            newest = std::move(picture);
            number += 1;
            return wanted(*newest);
        }
        return !client_->running();
    });
    return newest;
}

std::optional<EyePicture> LoneClient::next_picture() {
    return await_picture([](const EyePicture&) { return true; });
}

std::optional<Trace> LoneClient::end() {
    client_->signal(SIGTERM);
    ended_ = client_->wait(patience);
    const std::string bytes = read_text(directory_.path() / "trace");
    auto trace = decode_trace(std::as_bytes(std::span(bytes)));
    return trace ? std::optional(std::move(*trace)) : std::nullopt;
}

std::vector<Stroke> of_hand(const std::vector<Stroke>& strokes, Hand hand) {
    std::vector<Stroke> its;
    std::ranges::copy_if(strokes, std::back_inserter(its),
                         [&](const Stroke& stroke) { return stroke.hand == hand; });
    return its;
}

std::vector<Placement> placements_of(const Trace& trace) {
    std::vector<Placement> placements;
    for (const Trace::PlacedEvent& placed : trace.events) {
        if (const auto* one = std::get_if<Placement>(&placed.event)) {
            placements.push_back(*one);
        }
    }
    return placements;
}

} // namespace haven::test
