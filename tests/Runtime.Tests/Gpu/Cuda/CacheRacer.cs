using System.Globalization;
using System.Text;
using Blockwright.Gpu.Cuda;

namespace Blockwright.Runtime.Tests.Gpu.Cuda;

/// <summary>What a test starts several of: a process that uses a cache which holds less than there is, and damages it now and then.</summary>
internal static class CacheRacer
{
    /// <summary>Several clear and damage a folder that is too small: what is found is right.</summary>
    public const string Clearing = "race-to-clear";

    /// <summary>Several write the same files anew all the time: they are found at any moment.</summary>
    public const string Replacing = "race-to-replace";

    public const string Done = "all that was found was right";

    private const int Rounds = 400;
    private const int Keys = 6;
    private const int CodeBytes = 20_000;

    private static int Main(string[] arguments)
    {
        if (arguments is not [Clearing or Replacing, var folder, var seed])
        {
            Console.Error.WriteLine("This is a project of tests: run dotnet test.");
            return 1;
        }
        var faults = arguments[0] == Clearing ? Clear(folder, int.Parse(seed, CultureInfo.InvariantCulture)) : Replace(folder);
        Console.WriteLine(faults.Count == 0 ? Done : string.Join('\n', faults));
        return faults.Count == 0 ? 0 : 1;
    }

    private static List<string> Clear(string folder, int seed)
    {
        var random = new Random(seed);
        var faults = new List<string>();
        var cache = new CodeCache(folder, CodeBytes * 4, faults.Add);
        var found = 0;
        for (var round = 0; round < Rounds; round++)
        {
            var source = $"source {random.Next(Keys)}";
            var (key, code) = (CodeKey.Of(source)("sm_90"), Code(source));
            if (cache.Find(key, (12, 8)) is not { } image)
                cache.Add(key, (12, 8), new(CodeKind.Cubin, code, "a racer"));
            else if (image.Bytes.AsSpan().SequenceEqual(code))
                found++;
            else
                faults.Add($"{source}: {image.Bytes.Length} other bytes were found");
            if (random.Next(20) == 0)
                Damage(Path.Combine(folder, CodeFile.Name(key, (12, 8))), random);
        }
        if (found == 0)
            faults.Add("nothing was ever found");
        return faults;
    }

    private static List<string> Replace(string folder)
    {
        var faults = new List<string>();
        var cache = new CodeCache(folder, CodeCache.DefaultBytes, faults.Add);
        var (key, code) = (CodeKey.Of("source")("sm_90"), Code("source"));
        for (var round = 0; round < Rounds; round++)
        {
            cache.Add(key, (12, 8), new(CodeKind.Cubin, code, "a racer"));
            if (cache.Find(key, (12, 8)) is not { } image || !image.Bytes.AsSpan().SequenceEqual(code))
                faults.Add($"round {round}: what was just written was not there, or not whole");
        }
        return faults;
    }

    private static byte[] Code(string source) => Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(source + "; ", CodeBytes / (source.Length + 2))));

    /// <summary>As a machine leaves a file that loses its power, or somebody who writes into it.</summary>
    private static void Damage(string path, Random random)
    {
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
            file.SetLength(random.Next((int)file.Length + 1));
        }
        catch (IOException)
        {
            // Not there.
        }
    }
}
