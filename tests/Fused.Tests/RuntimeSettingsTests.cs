using System.Diagnostics;
using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace Blockwright.Fused.Tests;

/// <summary>
/// The runtime's settings for vector instructions, each in a process of its own: what is chosen is what the runtime says that it has there, and computes the same. The runtime of .NET 10 has one name
/// for all of AVX-512, EnableAVX512; older ones (EnableAVX512F) it does not know, and leaves AVX-512 supported.
/// </summary>
public sealed class RuntimeSettingsTests : IDisposable
{
    private const string Width = "PreferredVectorBitWidth";

    private readonly string _folder = Directory.CreateTempSubdirectory("blockwright-settings-").FullName;

    [Theory]
    [InlineData("", "")]
    [InlineData("EnableAVX512", "0")]
    [InlineData("EnableAVX512F", "0")]
    [InlineData("EnableAVX512F_VL", "0")]
    [InlineData("EnableAVX2", "0")]
    [InlineData("EnableFMA", "0")]
    [InlineData("EnableAVX", "0")]
    [InlineData("EnableHWIntrinsic", "0")]
    [InlineData(Width, "512")]
    [InlineData(Width, "256")]
    [InlineData(Width, "128")]
    public void WhatIsChosenIsWhatTheRuntimeHas(string setting, string value)
    {
        using var network = (MobileNetV2)Networks.Make("MobileNetV2");
        using var input = randn(2, 3, 33, 29);
        var (file, images, output) = (PathOf("network.safetensors"), PathOf("images"), PathOf("logits"));
        using (var fused = network.Fuse(new FuseOptions { Threads = 1 }))
            fused.Save(file);
        File.WriteAllBytes(images, input.bytes.ToArray());

        var said = Run(setting, value, file, images, output).Split(": ");

        var has = said[1].Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(Expected(has, isWidthSet: setting == Width), said[0]);
        using var found = tensor(MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(output)).ToArray(), [2, 10]);
        Assert.InRange(Networks.Difference(network, found, input), 0, 1e-5);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>The instructions of the widest register that the runtime has; where a width is set, of the widest that it has within it.</summary>
    private static string Expected(string[] has, bool isWidthSet)
    {
        if (has.Contains("Avx512F") && (!isWidthSet || has.Contains("Vector512")))
            return "Avx512";
        if (has.Contains("Avx2") && (!isWidthSet || has.Contains("Vector256")))
            return "Avx2";
        return has.Contains("AdvSimd") ? "AdvSimd" : "Portable";
    }

    private string PathOf(string name) => Path.Combine(_folder, name);

    private static string Run(string setting, string value, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [typeof(Program).Assembly.Location, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var variable in start.Environment.Keys.Where(static key => key.StartsWith("DOTNET_Enable", StringComparison.Ordinal) || key == $"DOTNET_{Width}").ToList())
            start.Environment.Remove(variable);
        if (setting != "")
            start.Environment[$"DOTNET_{setting}"] = value;
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{setting}={value}: {errors.GetAwaiter().GetResult()}");
        return output;
    }
}
