using System;
using System.Collections.Generic;
using System.IO;
using System.Text;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

/// <summary>
/// Marks libLibTorchSharp.so's requirement of GLIBCXX_3.4.32 as weak (VER_FLG_WEAK in vna_flags of .gnu.version_r) where this
/// machine's libstdc++ ends before it. The layout is the System V ABI's: Elf64_Verneed and Elf64_Vernaux.
/// Compiled by MSBuild when it is needed; not part of an assembly.
/// </summary>
public class BlockwrightMendTorchSharp : Task
{
    private const string Version = "GLIBCXX_3.4.32";
    private const uint SectionVersionNeeds = 0x6ffffffe; // SHT_GNU_verneed
    private const ushort Weak = 0x2; // VER_FLG_WEAK

    public ITaskItem[] Libraries { get; set; }

    /// <summary>Mend without asking whether this machine needs it.</summary>
    public bool Always { get; set; }

    public override bool Execute()
    {
        if (!Always && MachineHasVersion())
            return true;
        foreach (var item in Libraries)
        {
            var path = item.GetMetadata("FullPath");
            try
            {
                Mend(path);
            }
            catch (Exception e) when (e is IOException || e is UnauthorizedAccessException || e is InvalidDataException)
            {
                Log.LogWarning("Blockwright could not mend {0}: {1} TorchSharp will not load on a system whose libstdc++ lacks {2}.", path, e.Message, Version);
            }
        }
        return !Log.HasLoggedErrors;
    }

    private void Mend(string path)
    {
        var image = File.ReadAllBytes(path);
        var at = FindFlags(image);
        if (at < 0 || (BitConverter.ToUInt16(image, at) & Weak) != 0)
            return;
        image[at] |= (byte)Weak;

        // The file may be a hard link into the package cache: write a new one and put it in its place. The time stays, so that the
        // next build's copy takes the file as unchanged.
        var time = File.GetLastWriteTimeUtc(path);
        var fresh = path + ".mended";
        File.WriteAllBytes(fresh, image);
        File.SetLastWriteTimeUtc(fresh, time);
        File.Delete(path);
        File.Move(fresh, path);

        // A load that failed before leaves unmended copies here, and TorchSharp would take those.
        var stale = Path.Combine(Path.GetDirectoryName(path), "cpu");
        if (File.Exists(Path.Combine(stale, "libLibTorchSharp.so")))
            Directory.Delete(stale, true);

        Log.LogMessage(MessageImportance.High, "Blockwright: this system's libstdc++ lacks {0}, which TorchSharp names but does not use: made the requirement weak in {1} (BlockwrightMendTorchSharp=false leaves it).", Version, path);
    }

    /// <summary>The offset of vna_flags of the wanted entry, or -1 where the file does not ask for the version.</summary>
    private static int FindFlags(byte[] image)
    {
        if (image.Length < 64 || image[0] != 0x7f || image[1] != 'E' || image[2] != 'L' || image[3] != 'F' || image[4] != 2 || image[5] != 1)
            throw new InvalidDataException("it is not a little-endian 64-bit ELF file.");
        try
        {
            var sections = (int)BitConverter.ToUInt64(image, 40);
            int size = BitConverter.ToUInt16(image, 58), count = BitConverter.ToUInt16(image, 60);
            for (var i = 0; i < count; i++)
            {
                var header = sections + i * size;
                if (BitConverter.ToUInt32(image, header + 4) != SectionVersionNeeds)
                    continue;
                var needs = (int)BitConverter.ToUInt64(image, header + 24);
                var link = sections + (int)BitConverter.ToUInt32(image, header + 40) * size;
                return FindFlags(image, needs, (int)BitConverter.ToUInt64(image, link + 24));
            }
        }
        catch (Exception e) when (e is ArgumentException || e is IndexOutOfRangeException)
        {
            throw new InvalidDataException("its section headers point outside the file.", e);
        }
        return -1;
    }

    private static int FindFlags(byte[] image, int need, int strings)
    {
        while (true)
        {
            int entries = BitConverter.ToUInt16(image, need + 2), entry = need + (int)BitConverter.ToUInt32(image, need + 8);
            for (var i = 0; i < entries; i++)
            {
                if (ReadString(image, strings + (int)BitConverter.ToUInt32(image, entry + 8)) == Version)
                    return entry + 4;
                entry += (int)BitConverter.ToUInt32(image, entry + 12);
            }
            var next = (int)BitConverter.ToUInt32(image, need + 12);
            if (next == 0)
                return -1;
            need += next;
        }
    }

    private static string ReadString(byte[] image, int at)
    {
        var end = Array.IndexOf(image, (byte)0, at);
        return Encoding.ASCII.GetString(image, at, end - at);
    }

    /// <summary>Where no libstdc++ is found, the answer is no: a weak requirement does no harm.</summary>
    private static bool MachineHasVersion()
    {
        var folders = new List<string>((Environment.GetEnvironmentVariable("LD_LIBRARY_PATH") ?? "").Split(':'));
        folders.AddRange(new[] { "/usr/lib/x86_64-linux-gnu", "/lib/x86_64-linux-gnu", "/usr/lib64", "/lib64", "/usr/lib", "/lib" });
        foreach (var folder in folders)
        {
            if (folder.Length == 0)
                continue;
            var library = Path.Combine(folder, "libstdc++.so.6");
            if (File.Exists(library))
                return Encoding.GetEncoding(28591).GetString(File.ReadAllBytes(library)).Contains(Version + "\0");
        }
        return false;
    }
}
