using Blockwright.Gpu.OpenCl;

namespace Blockwright.Fused.Tests;

/// <summary>Whether this machine has a device of OpenCL's. Where BLOCKWRIGHT_OPENCL says that it must have one, a test without fails; elsewhere it is skipped with the reason.</summary>
internal static class OpenClMachine
{
    private static readonly Lazy<string?> Missing = new(static () =>
    {
        try
        {
            using var device = new OpenClDevice();
            return null;
        }
        catch (OpenClException e)
        {
            return e.Message;
        }
    });

    public static bool IsRequired => Environment.GetEnvironmentVariable("BLOCKWRIGHT_OPENCL") == "required";

    public static void Require()
    {
        Assert.False(IsRequired && Missing.Value is not null, Missing.Value);
        Skip.If(Missing.Value is not null, Missing.Value);
    }
}
