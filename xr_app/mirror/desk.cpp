#include "xr_app/mirror/desk.hpp"

#include "renderer/gpu/error.hpp"
#include "ui/look.hpp"
#include "xr_app/input/desktop_driver.hpp"
#include "xr_app/mirror/mirror.hpp"
#include "xr_app/mirror/picture_handover.hpp"
#include "xr_app/mirror/status.hpp"
#include "xr_app/mirror/window.hpp"
#include "xr_app/thread_priority.hpp"

#include <spdlog/spdlog.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <expected>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>

namespace haven {

namespace {

/// So long a display may take to open a window, or to let it go.
constexpr std::chrono::seconds open_patience{5};
constexpr std::chrono::seconds close_patience{2};

/// Often enough for somebody who waits; a panel drawn in software is work.
constexpr std::chrono::seconds status_step{1};

/// How often the desk looks for a picture and for what was done.
constexpr double turn_s = 0.005;

std::atomic<bool> some_left_behind = false;

/// The first picture, and then now and again.
void tell_seen(std::uint64_t before, std::uint64_t pictures) {
    constexpr std::uint64_t seldom = 16;
    if (before == 0 && pictures == 1) {
        spdlog::debug("the desk sees the first picture");
    } else if (pictures / seldom != before / seldom) {
        spdlog::debug("the desk has seen {} pictures", pictures);
    }
}

} // namespace

struct Desk::Shared {
    PictureHandover pictures;
    std::atomic<bool> stop = false;
    std::atomic<std::uint64_t> complaints = 0;

    std::mutex mutex; ///< held for a moment
    std::condition_variable changed;
    enum class Window : std::uint8_t { opening, open, gone } window = Window::opening;
    std::string why; ///< it could not be opened
    DeskInput input; ///< since it was taken
    bool closed = false;

    void set(Window state, std::string reason = {}) {
        {
            const std::scoped_lock lock(mutex);
            window = state;
            why = std::move(reason);
        }
        changed.notify_all();
    }
    /// Whether the window came that far in time.
    [[nodiscard]] bool await(Window at_least, std::chrono::seconds patience) {
        std::unique_lock lock(mutex);
        return changed.wait_for(lock, patience, [&] { return window >= at_least; });
    }
    void add(const DeskInput& seen, bool close_asked) {
        const std::scoped_lock lock(mutex);
        const DeskInput before = std::exchange(input, seen);
        input.wheel += before.wheel;
        input.number = seen.number != 0 ? seen.number : before.number;
        input.menu = seen.menu || before.menu;
        input.ink = seen.ink ? seen.ink : before.ink;
        input.guide = seen.guide ? seen.guide : before.guide;
        closed = close_asked;
    }
};

Desk::Desk(std::shared_ptr<Shared> shared, std::thread thread)
    : shared_(std::move(shared)), thread_(std::move(thread)) {}

std::expected<std::unique_ptr<Desk>, std::string> Desk::open(const std::string& title, int width_px,
                                                             int height_px, const ui::Look& look) {
    auto shared = std::make_shared<Shared>();
    std::thread thread([shared, title, width_px, height_px, look] {
        run(shared, title, width_px, height_px, look);
    });
    std::unique_ptr<Desk> desk(new Desk(shared, std::move(thread)));
    if (!shared->await(Shared::Window::open, open_patience)) {
        return std::unexpected(std::string("its display does not answer"));
    }
    const std::unique_lock lock(shared->mutex);
    if (shared->window == Shared::Window::gone) {
        return std::unexpected(shared->why);
    }
    return desk;
}

Desk::~Desk() {
    close();
    if (shared_->await(Shared::Window::gone, close_patience)) {
        thread_.join();
        return;
    }
    spdlog::warn("the window on the desk is left behind: its display does not answer");
    some_left_behind = true;
    thread_.detach();
}

void Desk::run(const std::shared_ptr<Shared>& shared, const std::string& title, int width_px,
               int height_px, const ui::Look& look) {
    run_after_others();
    auto window = Window::create(title, width_px, height_px);
    if (!window) {
        shared->set(Shared::Window::gone, window.error());
        return;
    }
    shared->set(Shared::Window::open);
    std::unique_ptr<Mirror> mirror;
    bool empty = false; // nothing can be shown in it
    bool alone = false; // the panel was drawn last without a picture
    while (!shared->stop) {
        (*window)->wait(turn_s);
        shared->add((*window)->input(), (*window)->closed());
        if (empty) {
            continue;
        }
        gpu::Result<void> shown;
        if (mirror == nullptr) {
            auto made = Mirror::create(**window, look);
            if (made) {
                mirror = std::move(*made);
            } else {
                shown = std::unexpected(made.error());
            }
        } else {
            const std::uint64_t before = mirror->pictures();
            const std::uint64_t words_before = mirror->words_alone();
            shown = mirror->show(shared->pictures);
            tell_seen(before, mirror->pictures());
            if (mirror->words_alone() != words_before && !std::exchange(alone, true)) {
                spdlog::debug("the desk goes on without pictures");
            }
            alone = alone && mirror->pictures() == before;
            shared->complaints = mirror->complaints();
        }
        if (!shown) {
            spdlog::warn("the window on the desk stays as it is: {}", shown.error().what);
            empty = true;
        }
    }
    mirror.reset();
    window->reset();
    shared->set(Shared::Window::gone);
}

void Desk::poll() {
    input_.wheel = 0.0;
    input_.number = 0;
    input_.menu = false;
    input_.ink.reset();
    input_.guide.reset();
    const std::unique_lock lock(shared_->mutex, std::try_to_lock);
    if (!lock) {
        return;
    }
    input_ = shared_->input;
    shared_->input.wheel = 0.0;
    shared_->input.number = 0;
    shared_->input.menu = false;
    shared_->input.ink.reset();
    shared_->input.guide.reset();
    closed_ = shared_->closed;
}

PictureHandover& Desk::pictures() {
    return shared_->pictures;
}

bool Desk::wants_status() const {
    return std::chrono::steady_clock::now() - status_shown_at_ >= status_step &&
           shared_->pictures.asked();
}

void Desk::show(MirrorStatus status) {
    if (shared_->pictures.hand_over(std::move(status))) {
        status_shown_at_ = std::chrono::steady_clock::now();
    }
}

void Desk::close() {
    shared_->stop = true;
}

std::uint64_t Desk::complaints() const {
    return shared_->complaints;
}

bool Desk::left_behind() {
    return some_left_behind;
}

} // namespace haven
