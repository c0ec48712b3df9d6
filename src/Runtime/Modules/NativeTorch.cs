using static TorchSharp.torch;

namespace Blockwright;

/// <summary>Whether torch's native library is there: a project that refers to Blockwright has TorchSharp, and chooses itself which of torch's libraries it brings.</summary>
internal static class NativeTorch
{
    private static bool _isThere;

    /// <summary>Gives back the name of a module that is about to be made.</summary>
    /// <exception cref="InvalidOperationException">The library is missing, or cannot be loaded.</exception>
    public static string Required(string name)
    {
        if (_isThere)
            return name;
        try
        {
            InitializeDeviceType(TorchSharp.DeviceType.CPU);
            _isThere = true;
            return name;
        }
        catch (Exception e) when (e is DllNotFoundException or NotSupportedException or TypeInitializationException or EntryPointNotFoundException)
        {
            throw new InvalidOperationException(
                $"{name} needs torch's native library, which this program does not bring or cannot load. Add it to the project that is run: dotnet add package TorchSharp-cpu --version {Version}, or TorchSharp-cuda-linux (-windows). What was tried stands in the inner exception.", e);
        }
    }

    private static string Version => typeof(Tensor).Assembly.GetName().Version is { } version ? version.ToString(3) : "of TorchSharp's own version";
}
