#pragma once

#include "bilateral/hand_sample.hpp"
#include "bilateral/pose.hpp"
#include "tests/support/process.hpp"

#include <array>
#include <cstddef>
#include <expected>
#include <memory>
#include <optional>
#include <string>

#include <openxr/openxr.h>

namespace haven::test {

/// What an application sees of one hand.
struct SeenHand {
    bool pose_active = false;
    bool pose_tracked = false;
    Pose tracking_from_grip;
    float trigger = 0.0F;
    bool fingers_active = false;
    glm::vec3 thumb_tip_m{0.0F};
    glm::vec3 index_tip_m{0.0F};
};

/// The smallest OpenXR application: no graphics (XR_MND_headless), both hands' grip, trigger and
/// finger tips in STAGE space. It shows what arrives through a real runtime, without Haven's client
/// in between.
class OpenXrProbe {
  public:
    /// Waits until the session has the input focus. `environment` is set in this process: the
    /// loader reads it there.
    [[nodiscard]] static std::expected<OpenXrProbe, std::string>
    start(const Environment& environment, Milliseconds deadline);

    OpenXrProbe(OpenXrProbe&&) noexcept;
    OpenXrProbe& operator=(OpenXrProbe&&) noexcept;
    ~OpenXrProbe();

    /// Both hands now.
    [[nodiscard]] std::expected<std::array<SeenHand, 2>, std::string> look();

    // ---- for a test that calls OpenXR itself ----
    [[nodiscard]] XrSession session() const;
    [[nodiscard]] XrAction trigger() const;
    [[nodiscard]] XrSpace grip(std::size_t hand) const;
    [[nodiscard]] XrPath hand_path(std::size_t hand) const;
    [[nodiscard]] XrTime now() const;
    [[nodiscard]] std::string text_of(XrPath path) const;
    /// The next event; nothing when there is none.
    [[nodiscard]] std::optional<XrEventDataBuffer> next_event();

  private:
    struct Impl;
    explicit OpenXrProbe(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

} // namespace haven::test
