// Which upload is meant, and how many orphans are too many.
import { describe, expect, it } from 'vitest';
import { areTooMany } from '../../src/domain/jobs/orphans.ts';
import { isAnotherUpload } from '../../src/domain/jobs/upload.ts';

describe('an upload', () => {
  const markedAtMs = 1_000_000_000;
  const upload = (secondsAfter: number, etag = 'a') => ({
    etag,
    uploadedAtMs: markedAtMs + secondsAfter * 1000,
  });

  it('is another one where it came after its row let go of it, or up to five minutes before', () => {
    const another = [-86_400, -301, -300, -299, 0, 60].map((seconds) =>
      isAnotherUpload({ markedAtMs }, upload(seconds)),
    );
    expect(another).toEqual([false, false, false, true, true, true]);
  });

  it('is another one wherever it differs from the one that was seen, whatever its age', () => {
    const seen = upload(-86_400);
    expect(isAnotherUpload({ markedAtMs, seen }, seen)).toBe(false);
    expect(isAnotherUpload({ markedAtMs, seen }, upload(-86_400, 'b'))).toBe(true);
    expect(isAnotherUpload({ markedAtMs, seen }, upload(-90_000))).toBe(true);
    const late = upload(10);
    expect(isAnotherUpload({ markedAtMs, seen: late }, late)).toBe(false);
  });
});

describe('orphans', () => {
  it('are too many above their share, but never ten or fewer', () => {
    const judge = (orphans: number, seen: number) => areTooMany({ orphans, seen, maxShare: 0.1 });
    expect([judge(10, 10), judge(11, 11), judge(11, 110), judge(12, 110)]).toEqual([
      false,
      true,
      false,
      true,
    ]);
    expect(areTooMany({ orphans: 500, seen: 500, maxShare: 1 })).toBe(false);
  });
});
