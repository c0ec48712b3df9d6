using System;
using System.Collections.Generic;
using System.IO;
using System.Text;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

/// <summary>
/// Copies libLibTorchSharp.so and marks the copy's requirement of GLIBCXX_3.4.32 as weak (VER_FLG_WEAK in vna_flags of .gnu.version_r) where
/// this machine's libstdc++ ends before it. The layout is the System V ABI's: Elf64_Verneed and Elf64_Vernaux.
/// Compiled by MSBuild when it is needed; not part of an assembly.
/// </summary>
public class BlockwrightMendTorchSharp : Task
{
    private const string Version = "GLIBCXX_3.4.32";
    private const uint SectionVersionNeeds = 0x6ffffffe; // SHT_GNU_verneed
    private const ushort Weak = 0x2; // VER_FLG_WEAK

    public string Library { get; set; }

    public string Copy { get; set; }

    /// <summary>Mend without asking whether this machine needs it.</summary>
    public bool Always { get; set; }

    public override bool Execute()
    {
        try
        {
            var image = File.ReadAllBytes(Library);
            var isMended = (Always || !MachineHasVersion()) && Mend(image);
            Write(image);
            if (isMended)
                Log.LogMessage(MessageImportance.High, "Blockwright: this system's libstdc++ lacks {0}, which TorchSharp names but does not use: made the requirement weak in {1} (BlockwrightMendTorchSharp=false leaves it).", Version, Copy);
        }
        catch (Exception e) when (e is IOException || e is UnauthorizedAccessException || e is InvalidDataException)
        {
            Log.LogWarning("Blockwright could not mend {0}: {1} TorchSharp will not load on a system whose libstdc++ lacks {2}.", Library, e.Message, Version);
        }
        return !Log.HasLoggedErrors;
    }

    private static bool Mend(byte[] image)
    {
        var at = FindFlags(image);
        if (at < 0 || (BitConverter.ToUInt16(image, at) & Weak) != 0)
            return false;
        image[at] |= (byte)Weak;
        return true;
    }

    /// <summary>The copy appears whole or not at all: a build that is interrupted must not leave half of one. Another build may have been faster.</summary>
    private void Write(byte[] image)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(Copy)));
        var fresh = Copy + "." + Guid.NewGuid().ToString("N");
        File.WriteAllBytes(fresh, image);
        try
        {
            File.Move(fresh, Copy);
        }
        catch (IOException) when (File.Exists(Copy))
        {
            File.Delete(fresh);
        }
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
