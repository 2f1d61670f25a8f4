// A test-only OpenXR API layer between Haven and a real runtime: does what runtimes do and Monado
// cannot be made to do, as a script says. FORMAT-openxr-script.md describes the script.

#include "tests/support/openxr_layer/state.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <mutex>
#include <span>
#include <string_view>
#include <vector>

#include <openxr/openxr_loader_negotiation.h>

namespace haven::test::layer {

namespace {

XrResult XRAPI_CALL get_proc(XrInstance instance, const char* name, PFN_xrVoidFunction* function);

XrResult XRAPI_CALL destroy_instance(XrInstance instance) {
    State& state = State::get();
    {
        const std::scoped_lock lock(state.mutex);
        state.end_session();
        state.instance = XR_NULL_HANDLE;
    }
    return state.next.destroy_instance(instance);
}

XrResult XRAPI_CALL get_proc(XrInstance instance, const char* name, PFN_xrVoidFunction* function) {
    if (std::string_view(name) == "xrDestroyInstance") {
        *function = reinterpret_cast<PFN_xrVoidFunction>(&destroy_instance);
        return XR_SUCCESS;
    }
    const XrResult result = State::get().next.get_instance_proc_addr(instance, name, function);
    if (XR_FAILED(result)) {
        return result; // an extension that is not enabled stays unknown
    }
    for (const std::span<const Intercept> list :
         {session_intercepts(), space_intercepts(), input_intercepts()}) {
        const auto found = std::ranges::find(list, std::string_view(name), &Intercept::name);
        if (found != list.end()) {
            *function = found->function;
        }
    }
    return result;
}

XrResult XRAPI_CALL create_instance(const XrInstanceCreateInfo* info,
                                    const XrApiLayerCreateInfo* layer_info, XrInstance* instance) {
    // What only this layer knows is not asked of what is below.
    std::vector<const char*> names(info->enabledExtensionNames,
                                   info->enabledExtensionNames + info->enabledExtensionCount);
    std::erase_if(names, [](const char* name) {
        return std::string_view(name) == XR_EXT_USER_PRESENCE_EXTENSION_NAME;
    });
    XrInstanceCreateInfo below_info = *info;
    below_info.enabledExtensionCount = static_cast<std::uint32_t>(names.size());
    below_info.enabledExtensionNames = names.data();
    XrApiLayerCreateInfo below = *layer_info;
    below.nextInfo = layer_info->nextInfo->next;
    const XrResult result =
        layer_info->nextInfo->nextCreateApiLayerInstance(&below_info, &below, instance);
    if (XR_FAILED(result)) {
        return result;
    }
    State& state = State::get();
    const std::scoped_lock lock(state.mutex);
    state.instance = *instance;
    state.next.get_instance_proc_addr = layer_info->nextInfo->nextGetInstanceProcAddr;
    state.next.load(*instance);
    state.advance();
    return result;
}

} // namespace

} // namespace haven::test::layer

extern "C" XRAPI_ATTR XrResult XRAPI_CALL __attribute__((visibility("default")))
xrNegotiateLoaderApiLayerInterface(const XrNegotiateLoaderInfo* loader, const char* /*name*/,
                                   XrNegotiateApiLayerRequest* request) {
    if (loader == nullptr || request == nullptr ||
        loader->structType != XR_LOADER_INTERFACE_STRUCT_LOADER_INFO ||
        request->structType != XR_LOADER_INTERFACE_STRUCT_API_LAYER_REQUEST) {
        return XR_ERROR_INITIALIZATION_FAILED;
    }
    request->layerInterfaceVersion = XR_CURRENT_LOADER_API_LAYER_VERSION;
    request->layerApiVersion = XR_CURRENT_API_VERSION;
    request->getInstanceProcAddr = &haven::test::layer::get_proc;
    request->createApiLayerInstance = &haven::test::layer::create_instance;
    return XR_SUCCESS;
}
