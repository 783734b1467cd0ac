/** A thread of main that makes thumbnails, displayable photographs, masks and maps. */
import { servePictures } from '../assets/picture-thread.ts'
import { pictures } from '../assets/pictures.ts'

servePictures(pictures)
