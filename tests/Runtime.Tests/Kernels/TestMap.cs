using Blockwright.Kernels;
using static TorchSharp.torch;

namespace Blockwright.Runtime.Tests.Kernels;

/// <summary>How a test's map lies in memory: as badly as a map may.</summary>
/// <param name="Before">Another value's channels before it at each pixel.</param>
/// <param name="After">Floats after it at each pixel.</param>
/// <param name="Writable">Whether a kernel may write what comes after.</param>
/// <param name="Gap">Floats between rows.</param>
internal readonly record struct Lie(int Before, int After, bool Writable, int Gap)
{
    public static readonly CsCheck.Gen<Lie> Gen = CsCheck.Gen.Select(
        CsCheck.Gen.Int[0, 5], CsCheck.Gen.Int[0, 40], CsCheck.Gen.Bool, CsCheck.Gen.Int[0, 3], (before, after, writable, gap) => new Lie(before, after, writable, gap));
}

/// <summary>
/// A map in memory of its own, with NaN wherever no value is and zeros in its halo. After a kernel has run, <see cref="CheckUntouched"/> says whether it wrote anywhere
/// but to the map.
/// </summary>
internal sealed unsafe class TestMap : IDisposable
{
    private readonly GuardedMemory _memory;
    private readonly bool[] _mine;

    public TestMap(int images, int channels, int height, int width, int halo, Lie lie)
    {
        var pixelPitch = lie.Before + channels + lie.After;
        var rowPitch = (width + 2 * halo) * pixelPitch + lie.Gap;
        var imagePitch = (long)(height + 2 * halo) * rowPitch;
        _memory = new GuardedMemory(images * imagePitch);
        Map = new FeatureMap
        {
            Data = _memory.Pointer + halo * rowPitch + halo * pixelPitch + lie.Before,
            Images = images,
            Channels = channels,
            Height = height,
            Width = width,
            PixelPitch = pixelPitch,
            RowPitch = rowPitch,
            ImagePitch = imagePitch,
            Halo = halo,
            Lanes = lie.Writable ? channels + lie.After : channels,
        };
        _mine = new bool[_memory.Length];
        ForEach(halo, (_, _, _, _, at) => _memory.Span[at] = 0, channels);
        ForEach(0, (_, _, _, _, at) => _mine[at] = true, Map.Lanes);
    }

    public FeatureMap Map { get; }

    public void Fill(Func<float> next) => ForEach(0, (_, _, _, _, at) => _memory.Span[at] = next(), Map.Channels);

    /// <summary>N x C x H x W, as torch has it.</summary>
    public Tensor ToTensor(ScalarType type = ScalarType.Float64)
    {
        var values = new float[Map.Images * Map.Channels * Map.Height * Map.Width];
        ForEach(0, (n, c, y, x, at) => values[((n * Map.Channels + c) * Map.Height + y) * Map.Width + x] = _memory.Span[at], Map.Channels);
        return tensor(values).reshape(Map.Images, Map.Channels, Map.Height, Map.Width).to(type);
    }

    /// <summary>Fills the map with NaN, so that what is not written shows.</summary>
    public void Forget() => ForEach(0, (_, _, _, _, at) => _memory.Span[at] = float.NaN, Map.Channels);

    public void CheckUntouched(string what)
    {
        var halo = new HashSet<int>();
        ForEach(Map.Halo, (_, _, _, _, at) => halo.Add(at), Map.Channels);
        for (var i = 0; i < _mine.Length; i++)
        {
            if (_mine[i])
                continue;
            var expected = halo.Contains(i) ? 0 : float.NaN;
            if (!_memory.Span[i].Equals(expected))
                Assert.Fail($"{what}: wrote {_memory.Span[i]} at float {i} of {_memory.Length}, beside {Map}.");
        }
    }

    public void Dispose() => _memory.Dispose();

    private void ForEach(int halo, Action<int, int, int, int, int> visit, int channels)
    {
        for (var n = 0; n < Map.Images; n++)
        {
            for (var y = -halo; y < Map.Height + halo; y++)
            {
                for (var x = -halo; x < Map.Width + halo; x++)
                {
                    for (var c = 0; c < channels; c++)
                        visit(n, c, y, x, (int)(Map.Data - _memory.Pointer + n * Map.ImagePitch + y * Map.RowPitch + x * Map.PixelPitch + c));
                }
            }
        }
    }
}
